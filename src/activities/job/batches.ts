// The batches of one slice: rows, and the objects that follow them, until the time is up, nothing is left, or somebody
// holds the run. Position and counts come from the ledger; what is remembered here only saves asking again.
import { performance } from 'node:perf_hooks';
import { CancelledFailure, Context } from '@temporalio/activity';
import type pg from 'pg';
import type { BlobStore } from '../../adapters/blob-store.ts';
import { readPosition, readTotals } from '../../adapters/postgres/ledger.ts';
import { readPending } from '../../adapters/postgres/manual-resolution-queue.ts';
import { selectedIn } from '../../adapters/postgres/selection-sql.ts';
import { readColumnTypes } from '../../adapters/postgres/table-facts.ts';
import type { Hold } from '../../domain/control.ts';
import type { JobSnapshot, RunPlan } from '../../domain/job.ts';
import {
  type BatchContext,
  type BatchResult,
  type Change,
  type FaultyBatch,
  runBatch,
} from '../actions/batch.ts';
import { SINGLY_ROWS, takeSingly } from '../actions/set-rows-aside.ts';
import { sweepObjects } from '../actions/sweep-objects.ts';
import { takeRows } from '../actions/take-rows.ts';
import { requireBlobs } from '../dependencies.ts';
import { asksForAMoment, patientStore } from './patient-store.ts';
import type { Tenure } from './tenure.ts';

export interface BatchesInput {
  readonly job: JobSnapshot;
  readonly plan: RunPlan;
  readonly rowsPerSecond: number | undefined;
  readonly pool: pg.Pool;
  readonly blobs: BlobStore | undefined;
  readonly tenure: Tenure;
}

export interface BatchesResult {
  readonly done: boolean;
  readonly hold?: Hold;
}

/** Between two signs of life while a slice rests. */
const LONGEST_SILENCE_MS = 5_000;

export const runBatches = async (input: BatchesInput): Promise<BatchesResult> => {
  const { job, plan, pool, tenure, rowsPerSecond } = input;
  const [step] = job.steps;
  const until = performance.now() + job.settings.sliceSeconds * 1000;
  const over = (): boolean => performance.now() >= until || Context.current().cancellationSignal.aborted;
  const columnTypes = await readColumnTypes(pool, step.selection);
  let excluded = await readPending(pool, job.name);
  let position = await readPosition(pool, plan.runId, step.name);
  let { setAside: already } = await readTotals(pool, plan.runId);
  const width = createWidth(rowsPerSecond);
  let objectsDue = step.action === 'blobs';
  const beat = (): void => Context.current().heartbeat({ batches: position.seq, pass: position.pass });
  const rest = (ms: number): Promise<void> => restFor(ms, beat);
  const blobs = input.blobs && patientStore(input.blobs, { over, beat, rest });

  const remember = (names: readonly string[]): void => {
    excluded = [...excluded, ...names];
    already += names.length;
  };

  while (!over()) {
    await tenure.keep();
    beat();
    const common = { pool, claim: tenure.claim(), job, selection: step.selection, cutoff: plan.cutoff };
    const context: BatchContext = { ...common, step, columnTypes, excluded };
    if (objectsDue && step.action === 'blobs') {
      const sweep = sweepObjects(
        { ...context, step, blobs: requireBlobs(blobs), over },
        { position, already },
      );
      // Still busy when the slice's time was up: nothing was counted, and the sweep is simply done again.
      const swept = await sweep.catch((error: unknown) => {
        if (!asksForAMoment(error)) throw error;
      });
      if (!swept) break;
      if ('hold' in swept) return { done: false, hold: swept.hold };
      position = swept.position;
      remember(swept.setAside);
      objectsDue = !swept.done;
      continue;
    }
    const wanted = { position, most: width.rows() };
    const found = width.blindly() ? unconditional(context) : context;
    const change = width.singly() ? takeSingly(context, { found, already, beat }) : takeWindow(context);
    const batch = await runBatch(found, { ...wanted, change });
    if ('hold' in batch) return { done: false, hold: batch.hold };
    if ('fault' in batch) {
      width.narrowFor(batch);
      continue;
    }
    position = batch.position;
    remember(batch.setAside);
    width.widen(batch);
    objectsDue = step.action === 'blobs' && batch.deleted > 0;
    if (batch.done) return { done: true };
    if (rowsPerSecond) await rest((batch.deleted / rowsPerSecond) * 1000 - batch.ms);
  }
  return { done: false };
};

const takeWindow =
  (context: BatchContext): Change =>
  async (tx, window) => ({
    deleted: await takeRows(tx, context, selectedIn(context, window)),
    setAside: [],
  });

const unconditional = (context: BatchContext): BatchContext => {
  const { where: _, ...selection } = context.selection;
  return { ...context, selection };
};

/**
 * How many rows the next batch may take: halved around rows that fail, until they are taken one by one, and where even
 * that fails, it is the condition that cannot be asked of one of them: then they are found by age alone.
 */
const createWidth = (rowsPerSecond: number | undefined) => {
  const paced = rowsPerSecond ? Math.max(1, Math.floor(rowsPerSecond)) : Number.POSITIVE_INFINITY;
  let narrowed = Number.POSITIVE_INFINITY;
  let blind = false;
  const singly = (): boolean => narrowed <= SINGLY_ROWS;
  return {
    rows: () => Math.min(paced, narrowed),
    singly,
    blindly: () => blind,
    /** By the size that was allowed: what an operator sets may lie on either side of the declared one. */
    narrowFor: ({ fault, size }: FaultyBatch): void => {
      if (blind) throw fault;
      blind = singly();
      narrowed = Math.max(SINGLY_ROWS, Math.floor(size / 2));
    },
    widen: ({ size }: BatchResult): void => {
      blind = false;
      narrowed = size < narrowed ? Number.POSITIVE_INFINITY : narrowed * 2;
    },
  };
};

/** Waits between transactions. A cancelled wait ends the slice at this batch's edge, which is what was asked. */
const restFor = async (ms: number, beat: () => void): Promise<void> => {
  const context = Context.current();
  for (let left = ms; left > 0 && !context.cancellationSignal.aborted; left -= LONGEST_SILENCE_MS) {
    await context.sleep(Math.min(left, LONGEST_SILENCE_MS)).catch((error: unknown) => {
      if (!(error instanceof CancelledFailure)) throw error;
    });
    beat();
  }
};
