// Sexton's own rows in the pack's database: batches, attempts and holds of old runs, and items that were long resolved.
import { historyJob, type JobDefinition } from '../../../src/index.ts';
import { slaAlerts } from '../alerts.ts';
import type { SlaEnv } from '../env.ts';

/** None of the four jobs that SLA-01 watches; the queue's trends reach back 30 days (SLA-66). */
export const cleanupSlaHistory = (env: SlaEnv): JobDefinition =>
  historyJob({
    database: 'app',
    name: 'cleanup_sla_history',
    keep: env,
    owner: 'on-call',
    schedule: '50 4 * * *',
    alerts: slaAlerts(env),
  });
