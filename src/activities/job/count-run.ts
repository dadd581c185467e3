// What a run did and what it left, counted at its end.
import type pg from 'pg';
import { readAttempts } from '../../adapters/postgres/runs/attempts.ts';
import { readThrottledMs } from '../../adapters/postgres/runs/holds.ts';
import { readTotals } from '../../adapters/postgres/runs/ledger.ts';
import { readResults } from '../../adapters/postgres/runs/ledger-results.ts';
import { readPending } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { StepResult } from '../../domain/jobs/one-shot.ts';
import type { Ending, RunTotals } from '../../domain/jobs/run.ts';
import { otherMs, type RunTimes } from '../../domain/jobs/run-times.ts';
import type { FinishInput } from './finish.ts';
import { countLeft, countObjects } from './left-of-steps.ts';
import { queuedMs } from './queued.ts';

/** Nothing waits for the count but this activity, and it locks no row. */
const COUNTING_SECONDS = 300;

export interface Counted extends Required<RunTotals>, RunTimes {
  readonly remaining: number;
  /** True where the rows could not be counted, and the planner's estimate stands in. */
  readonly remainingIsEstimate: boolean;
  /** Objects that the run could have deleted and has not. */
  readonly objectsDue: number;
  /** Objects whose grace was not over when the run looked last; a later one deletes them. */
  readonly objectsWaiting: number;
  /** How long the oldest object has been due that is still to be deleted; 0 where none is. */
  readonly oldestTombstoneSeconds: number;
  readonly durationSeconds: number;
  /** What its one-shot steps came to. */
  readonly results: readonly StepResult[];
}

/** From the ledger, the table and the tombstones; never from what the workflow remembers. */
export const countRun = async (
  target: pg.Pool,
  input: Pick<FinishInput, 'job' | 'run' | 'plan' | 'waits' | 'historyEvents'>,
): Promise<Counted> => {
  const { job, run, plan } = input;
  const queuedToEnd = queuedMs();
  const totals = await readTotals(target, run.runId);
  const excluded = await readPending(target, job.name);
  const given = { job, runId: run.runId, plan, excluded, seconds: COUNTING_SECONDS };
  const left = await countLeft(target, given);
  const { due, waiting, oldestSeconds } = await countObjects(target, given);
  const { rows } = await target.query(
    'SELECT extract(epoch FROM sexton.now() - coalesce($1::timestamptz, sexton.now()))::float8 AS seconds',
    [plan?.startedAt ?? null],
  );
  const durationSeconds = Math.round(rows[0].seconds * 1000) / 1000;
  const remaining = { remaining: left.rows, remainingIsEstimate: left.isEstimate };
  const times = await timesOf(target, input, { durationSeconds, workMs: totals.workMs, queuedToEnd });
  const results = await readResults(target, run.runId);
  return {
    ...totals,
    ...times,
    ...remaining,
    durationSeconds,
    objectsDue: due,
    objectsWaiting: waiting,
    oldestTombstoneSeconds: oldestSeconds,
    results,
  };
};

/** Postgres knows what went on in slices, the workflow what it waited for between them. */
const timesOf = async (
  target: pg.Pool,
  { run, plan, waits, historyEvents }: Pick<FinishInput, 'run' | 'plan' | 'waits' | 'historyEvents'>,
  known: { readonly durationSeconds: number; readonly workMs: number; readonly queuedToEnd: number },
): Promise<RunTimes> => {
  const { attempts, queuedMs: queued } = await readAttempts(target, run.runId);
  const throttledMs = await readThrottledMs(target, run.runId);
  // Before it began there is nothing that it could have been kept from.
  const parts = { ...waits, throttledMs, queuedMs: plan ? queued + known.queuedToEnd : queued };
  return {
    ...parts,
    ...(plan && { lockWaitMs: plan.lockWaitMs }),
    otherMs: otherMs({ ...known, ...parts }),
    attempts,
    ...(historyEvents !== undefined && { historyEvents }),
  };
};

/** A run that believes itself complete while something is left, or was set aside, says so. */
export const settle = (ending: Ending, counted: Counted): Ending => {
  if (ending.state !== 'completed') return ending;
  const { remaining, remainingIsEstimate, objectsDue, oldestTombstoneSeconds, setAside, locked, results } =
    counted;
  const left = remainingIsEstimate
    ? `about ${remaining} rows may be left; they could not be counted`
    : `${remaining} rows could not be deleted${locked > 0 ? `, ${locked} of them because other transactions held them` : ''}`;
  const reasons = [
    ...(remaining > 0 ? [left] : []),
    ...(objectsDue > 0
      ? [
          `${objectsDue} objects could not be deleted, the oldest due for ${formatDuration(oldestTombstoneSeconds)}`,
        ]
      : []),
    ...(setAside > 0
      ? [`${setAside} items failed by themselves and wait in the manual resolution queue`]
      : []),
    ...results.flatMap(({ result }) => result.warning ?? []),
  ];
  return reasons.length === 0 ? ending : { state: 'completedWithWarnings', reason: reasons.join('; ') };
};
