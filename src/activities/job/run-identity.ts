// The run row's fixed part, from what the workflow was given.
import type { RunIdentity } from '../../adapters/postgres/runs/runs.ts';
import type { JobSnapshot, RunRequest } from '../../domain/jobs/job.ts';
import { databaseOf } from '../../domain/jobs/step.ts';
import type { RunRef } from '../dependencies.ts';

export const runIdentity = (job: JobSnapshot, request: RunRequest, run: RunRef): RunIdentity => ({
  ...run,
  pack: job.pack,
  job: job.name,
  database: databaseOf(job),
  resourceType: job.resourceType,
  lockKey: job.lockKey,
  trigger: request.trigger ?? 'manual',
  requestedBy: request.by,
  retryOf: request.retryOf,
  dryRun: request.dryRun ?? false,
  budgetSeconds: request.budgetSeconds ?? job.budgetSeconds,
});
