// The blast-radius guard as `begin` and dry runs hold to it: what each step would take of its table, and what a person
// is asked where that is above the job's limits. Tried again, it asks what it had asked.
import type pg from 'pg';
import { recordApproval, requestApproval } from '../../adapters/postgres/runs/approvals.ts';
import { readEstimatedRows } from '../../adapters/postgres/tables/table-facts.ts';
import {
  type ApprovalRequest,
  type Approved,
  covers,
  type Guard,
  overLimit,
  type Sized,
} from '../../domain/jobs/guard.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import type { Selection } from '../../domain/jobs/step.ts';
import type { RunRef } from '../dependencies.ts';
import type { CutStep } from '../preflight/preflight.ts';
import { countAll, countSelected } from './estimate.ts';

/** Up to here a table is counted: statistics may be of before most of its rows went. */
const COUNTED_UP_TO_ROWS = 1_000_000;

interface SizeInput {
  readonly excluded: readonly string[];
  /** The longest that counting one step's rows may take; beyond, the planner's estimate has to do. */
  readonly seconds: number;
  /** Without one, nobody asks what the tables hold. */
  readonly guard: Guard | undefined;
}

/** What each step would take, and what its table holds. */
export const sizeSteps = async (
  db: pg.Pool,
  steps: readonly CutStep[],
  { excluded, seconds, guard: limits }: SizeInput,
): Promise<readonly Sized[]> => {
  const sized: Sized[] = [];
  for (const { step, cutoff } of steps) {
    const { selection, action } = step;
    const { rows, isEstimate } = await countSelected(db, selection, { cutoff, excluded, seconds });
    const tableRows = Math.max(rows, limits ? await sizeOfTable(db, selection, seconds) : 0);
    const table = `${selection.schema}.${selection.table}`;
    sized.push({ step: step.name, action, table, cutoff, eligible: rows, isEstimate, tableRows });
  }
  return sized;
};

const sizeOfTable = async (db: pg.Pool, selection: Selection, seconds: number): Promise<number> => {
  const estimate = await readEstimatedRows(db, selection);
  if (estimate > COUNTED_UP_TO_ROWS) return estimate;
  return (await countAll(db, selection, seconds)) ?? estimate;
};

export interface GuardInput {
  readonly job: JobSnapshot;
  readonly run: RunRef;
  readonly sizes: readonly Sized[];
  /** Instant of asking, by the target's clock. */
  readonly at: string;
  readonly approved: Approved | undefined;
}

/** What has to be approved before the run may begin; undefined where nothing has to be. */
export const guard = async (
  db: pg.Pool,
  { job, run, sizes, at, approved }: GuardInput,
): Promise<ApprovalRequest | undefined> => {
  const subject = { pack: job.pack, job: job.name, resourceType: job.resourceType, runId: run.runId };
  if (approved) await recordApproval(db, subject, approved);
  const over = sizes.flatMap((sized) => overLimit(job.guard, sized) ?? []);
  const [first, ...others] = over;
  if (!first || (approved && over.every((each) => covers(approved, each)))) return undefined;
  return requestApproval(db, subject, {
    number: (approved?.request.number ?? 0) + 1,
    askedAt: at,
    eligible: over.reduce((sum, { eligible }) => sum + eligible, 0),
    isEstimate: over.some(({ isEstimate }) => isEstimate),
    cutoff: first.cutoff,
    steps: [first, ...others],
  });
};
