// What a run left in the tables of its steps, counted at its end.
import type pg from 'pg';
import { readHanded } from '../../adapters/postgres/runs/ledger-results.ts';
import {
  countPending,
  type PendingObjects,
  readOldestDueSeconds,
} from '../../adapters/postgres/runs/tombstones.ts';
import { type JobSnapshot, type RunPlan, stepPlan } from '../../domain/jobs/job.ts';
import { type BatchedStep, batchedSteps } from '../../domain/jobs/step.ts';
import { type Count, countRest } from './estimate.ts';

interface LeftInput {
  readonly job: JobSnapshot;
  readonly runId: string;
  readonly plan: RunPlan | undefined;
  readonly excluded: readonly string[];
  /** The longest that counting one step's rows may take. */
  readonly seconds: number;
}

/** Rows of all steps together; none where the run never got as far as a plan. */
export const countLeft = async (
  db: pg.Pool,
  { job, runId, plan, excluded, seconds }: LeftInput,
): Promise<Count> => {
  if (!plan) return { rows: 0, isEstimate: false };
  const left: Count[] = [];
  for (const step of batchedSteps(job)) {
    const { cutoff } = stepPlan(plan, step.name);
    left.push(
      step.action === 'sql-batches'
        ? await notHanded(db, { step, runId, plan })
        : await countRest(db, step.selection, { cutoff, excluded, seconds }),
    );
  }
  return {
    rows: left.reduce((sum, { rows }) => sum + rows, 0),
    isEstimate: left.some((each) => each.isEstimate),
  };
};

/** Its rows may match for ever: what is left are those that were never handed to the statement. */
const notHanded = async (
  db: pg.Pool,
  { step, runId, plan }: { readonly step: BatchedStep; readonly runId: string; readonly plan: RunPlan },
): Promise<Count> => {
  const { handed, locked, over } = await readHanded(db, runId, step.name);
  if (over) return { rows: locked, isEstimate: false };
  const { eligible = 0, eligibleIsEstimate = true } = plan.steps?.[step.name] ?? {};
  return { rows: Math.max(0, eligible - handed), isEstimate: eligibleIsEstimate };
};

/** Objects that the steps could have deleted and have not, and those whose grace goes on. */
export const countObjects = async (
  db: pg.Pool,
  { job, runId, excluded }: Pick<LeftInput, 'job' | 'runId' | 'excluded'>,
): Promise<PendingObjects & { readonly oldestSeconds: number }> => {
  let due = 0;
  let waiting = 0;
  for (const { name, action } of job.steps) {
    if (action !== 'blobs' && action !== 'orphans') continue;
    const pending = await countPending(
      db,
      { pack: job.pack, job: job.name, step: name },
      { excluded, runId },
    );
    due += pending.due;
    waiting += pending.waiting;
  }
  const oldestSeconds = await readOldestDueSeconds(db, { pack: job.pack, job: job.name });
  return { due, waiting, oldestSeconds };
};
