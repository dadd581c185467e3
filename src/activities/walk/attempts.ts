// How the next batch is tried: as a plain change of its stretch; leaving out rows that others hold, where it met one; or
// row by row, where one of them fails by itself. Each is dearer than the one before and taken only after it failed.
import { selectedIn } from '../../adapters/postgres/tables/selection-sql.ts';
import type { BatchContext, BatchInput, FailedBatch } from '../actions/batch.ts';
import { takeSingly } from '../actions/set-rows-aside.ts';
import { takeFreeRows, takeRows } from '../actions/take-rows.ts';
import { createWidth, type WidthInput, type WidthOf } from './width.ts';

interface AttemptContext {
  /** Items that the run has set aside before. */
  readonly already: number;
  readonly beat: () => void;
  /** What others hold is waited for: no pass comes back to it. */
  readonly patient: boolean;
}

export interface Attempts {
  readonly next: (
    context: BatchContext,
    given: AttemptContext,
  ) => Pick<BatchInput, 'most' | 'lockTimeoutMs' | 'change'> & {
    /** The context that its rows are found by. */
    readonly found: BatchContext;
  };
  readonly failed: (batch: FailedBatch) => void;
  readonly succeeded: (batch: WidthOf) => void;
}

/** The first pass does not wait for others: it comes back. */
const BRIEFLY_MS = 250;
/** Later ones do, since what they leave is left. */
const PATIENTLY_MS = 2_000;
/** Row by row the waits add up. */
const HARDLY_MS = 50;

export const createAttempts = (input: WidthInput): Attempts => {
  const width = createWidth(input);
  let leaveOutLocked = false;
  return {
    next: (context, { already, beat, patient }) => {
      const found = width.blindly() ? unconditional(context) : context;
      const most = width.rows();
      if (width.singly()) {
        const change = takeSingly(context, { found, already, beat });
        return { found, most, lockTimeoutMs: HARDLY_MS, change };
      }
      const lockTimeoutMs = patient && !leaveOutLocked ? PATIENTLY_MS : BRIEFLY_MS;
      const take = leaveOutLocked ? takeFreeRows : takeAllRows;
      const change: BatchInput['change'] = async (tx, window) => ({
        ...(await take(tx, context, selectedIn(context, window))),
        setAside: [],
      });
      return { found, most, lockTimeoutMs, change };
    },
    failed: ({ failed, size, error }) => {
      if (failed === 'crowded') return;
      if (failed === 'contended' && !leaveOutLocked && !width.singly()) {
        leaveOutLocked = true;
        return;
      }
      if (failed === 'slow') width.slow(size, error);
      else width.narrow(size, error);
    },
    succeeded: (batch) => {
      leaveOutLocked = false;
      width.widen(batch);
    },
  };
};

const takeAllRows = async (
  ...given: Parameters<typeof takeRows>
): Promise<{ readonly deleted: number; readonly locked: number }> => ({
  deleted: await takeRows(...given),
  locked: 0,
});

const unconditional = (context: BatchContext): BatchContext => {
  const { where: _, ...selection } = context.selection;
  return { ...context, selection };
};
