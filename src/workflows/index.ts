// The workflow types by the name they are started under, and nothing else: whatever is exported here is one.
export { checklistWorkflow as checklist } from './checklist/checklist.ts';
export { digestWorkflow as digest } from './digest/digest.ts';
export { escalationWorkflow as escalation } from './escalation/escalation.ts';
export { healthCheckWorkflow as healthCheck } from './health-check/health-check.ts';
export { jobWorkflow as job } from './job/job.ts';
export { monitorWorkflow as monitor } from './monitor/monitor.ts';
export { reconcileWorkflow as reconcile } from './reconcile.ts';
export { redeliverWorkflow as redeliver } from './redeliver.ts';
