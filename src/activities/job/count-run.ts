// What a run did and what it left, counted at its end.
import type pg from 'pg';
import { readTotals } from '../../adapters/postgres/ledger.ts';
import { readPending } from '../../adapters/postgres/manual-resolution-queue.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { selected } from '../../adapters/postgres/selection-sql.ts';
import { countWhere } from '../../adapters/postgres/table-facts.ts';
import { countPending } from '../../adapters/postgres/tombstones.ts';
import type { Selection } from '../../domain/job.ts';
import type { Ending, RunTotals } from '../../domain/run.ts';
import type { FinishInput } from './finish.ts';

export interface Counted extends Required<RunTotals> {
  readonly remaining: number;
  /** Objects that could have gone and have not. */
  readonly objectsDue: number;
  /** Objects whose grace is not over; a later run deletes them. */
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
  const remaining = plan ? await recount(target, step.selection, plan.cutoff, excluded) : 0;
  const owner = { pack: job.pack, job: job.name, step: step.name };
  const { due, waiting } = await countPending(target, owner, excluded);
  const { rows } = await target.query(
    'SELECT extract(epoch FROM sexton.now() - coalesce($1::timestamptz, sexton.now()))::float8 AS seconds',
    [plan?.startedAt ?? null],
  );
  const durationSeconds = Math.round(rows[0].seconds * 1000) / 1000;
  return { ...totals, remaining, durationSeconds, objectsDue: due, objectsWaiting: waiting };
};

/** Exact however long it takes: nothing waits for it but this activity, and it locks no row. */
const recount = (
  target: pg.Pool,
  selection: Selection,
  cutoff: string,
  excluded: readonly string[],
): Promise<number> =>
  inTransaction(target, async (tx) => {
    await tx.query("SET LOCAL statement_timeout = '5min'");
    return countWhere(tx, selection, selected(selection, cutoff, excluded));
  });

/** A run that believes itself complete while something is left, or was set aside, says so. */
export const settle = (ending: Ending, { remaining, objectsDue, setAside }: Counted): Ending => {
  if (ending.state !== 'completed') return ending;
  const reasons = [
    ...(remaining > 0 ? [`${remaining} rows could not be deleted`] : []),
    ...(objectsDue > 0 ? [`${objectsDue} objects could not be deleted`] : []),
    ...(setAside > 0
      ? [`${setAside} items failed by themselves and wait in the manual resolution queue`]
      : []),
  ];
  return reasons.length === 0 ? ending : { state: 'completedWithWarnings', reason: reasons.join('; ') };
};
