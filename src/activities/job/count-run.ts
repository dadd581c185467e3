// What a run did and what it left, counted at its end.
import type pg from 'pg';
import { readTotals } from '../../adapters/postgres/ledger.ts';
import { readPending } from '../../adapters/postgres/manual-resolution-queue.ts';
import { countPending } from '../../adapters/postgres/tombstones.ts';
import type { Ending, RunTotals } from '../../domain/run.ts';
import { countSelected } from './estimate.ts';
import type { FinishInput } from './finish.ts';

/** Nothing waits for the count but this activity, and it locks no row. */
const COUNTING_SECONDS = 300;

export interface Counted extends Required<RunTotals> {
  readonly remaining: number;
  /** True where the rows could not be counted, and the planner's estimate stands in. */
  readonly remainingIsEstimate: boolean;
  /** Objects that the run could have deleted and has not. */
  readonly objectsDue: number;
  /** Objects whose grace was not over when the run looked last; a later one deletes them. */
  readonly objectsWaiting: number;
  readonly durationSeconds: number;
}

/** From the ledger, the table and the tombstones; never from what the workflow remembers. */
export const countRun = async (
  target: pg.Pool,
  { job, run, plan }: Pick<FinishInput, 'job' | 'run' | 'plan'>,
): Promise<Counted> => {
  const totals = await readTotals(target, run.runId);
  const [step] = job.steps;
  const excluded = await readPending(target, job.name);
  const counting = { excluded, seconds: COUNTING_SECONDS };
  const left = plan
    ? await countSelected(target, step.selection, { ...counting, cutoff: plan.cutoff })
    : { rows: 0, isEstimate: false };
  const owner = { pack: job.pack, job: job.name, step: step.name };
  const { due, waiting } = await countPending(target, owner, { excluded, runId: run.runId });
  const { rows } = await target.query(
    'SELECT extract(epoch FROM sexton.now() - coalesce($1::timestamptz, sexton.now()))::float8 AS seconds',
    [plan?.startedAt ?? null],
  );
  const durationSeconds = Math.round(rows[0].seconds * 1000) / 1000;
  const remaining = { remaining: left.rows, remainingIsEstimate: left.isEstimate };
  return { ...totals, ...remaining, durationSeconds, objectsDue: due, objectsWaiting: waiting };
};

/** A run that believes itself complete while something is left, or was set aside, says so. */
export const settle = (ending: Ending, counted: Counted): Ending => {
  if (ending.state !== 'completed') return ending;
  const { remaining, remainingIsEstimate, objectsDue, setAside } = counted;
  const left = remainingIsEstimate
    ? `about ${remaining} rows may be left; they could not be counted`
    : `${remaining} rows could not be deleted`;
  const reasons = [
    ...(remaining > 0 ? [left] : []),
    ...(objectsDue > 0 ? [`${objectsDue} objects could not be deleted`] : []),
    ...(setAside > 0
      ? [`${setAside} items failed by themselves and wait in the manual resolution queue`]
      : []),
  ];
  return reasons.length === 0 ? ending : { state: 'completedWithWarnings', reason: reasons.join('; ') };
};
