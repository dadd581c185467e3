// Turns a checked job into the snapshot that travels as workflow input: names only, no addresses, no secrets.
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import type { EngineSettings } from '../../domain/settings.ts';
import { shortestGapSeconds } from '../cron.ts';
import type { CheckedJob } from '../schema/job.ts';
import { type Alerting, alertSnapshots } from './alert.ts';
import { runbookAddress } from './runbook-address.ts';
import { stepSnapshot } from './step.ts';
import { throttleSnapshot } from './throttle.ts';

/** A run's waits take at most a third of its schedule's interval in all, so that it never meets the next tick. */
const withinThird = (waits: readonly number[], schedule: string): readonly number[] => {
  const most = shortestGapSeconds(schedule) / 3;
  let sum = 0;
  return waits.filter((wait) => {
    sum += wait;
    return sum <= most;
  });
};

/** `runbookBaseUrl` turns a runbook's name into its address; without it the bare name is kept. */
export const toSnapshot = ({
  pack,
  job,
  settings,
  runbookBaseUrl,
  alerting,
}: {
  readonly pack: string;
  readonly job: CheckedJob;
  readonly settings: EngineSettings;
  readonly runbookBaseUrl: string | undefined;
  readonly alerting: Alerting;
}): JobSnapshot => {
  const runbook = job.runbook && runbookAddress(job.runbook, runbookBaseUrl);
  const [first, ...others] = job.steps.map(stepSnapshot);
  if (first === undefined) throw new RangeError(`job ${job.name} has no step`);
  return {
    v: 1,
    pack,
    name: job.name,
    summary: job.summary,
    owner: job.owner,
    resourceType: job.resourceType,
    lockKey: job.lockKey,
    budgetSeconds: job.budgetSeconds,
    ...(runbook === undefined ? {} : { runbook }),
    steps: [first, ...others],
    settings: { ...settings, backoffSeconds: withinThird(settings.backoffSeconds, job.schedule) },
    guard: job.guard,
    maxPoison: job.maxPoison,
    ...(job.stuckAfter !== undefined && { stuckAfterSeconds: job.stuckAfter }),
    ...(job.auditIds !== undefined && { auditIds: job.auditIds }),
    ...(job.evaluates && { evaluates: job.evaluates }),
    alerts: alertSnapshots({ pack, job, runbookBaseUrl, alerting }),
    throttle: throttleSnapshot(job.throttle, job.budgetSeconds),
  };
};
