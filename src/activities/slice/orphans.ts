// The slice of a step of orphans: the store is listed page by page, then the candidates are judged as a whole, then they get
// their tombstones, and what is due is swept as objects of rows are. Everything is found again in the ledger.
import { performance } from 'node:perf_hooks';
import { Context } from '@temporalio/activity';
import { readTotals } from '../../adapters/postgres/runs/ledger.ts';
import { readPending } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import { type OrphansPosition, readOrphansPosition, STAGES } from '../../adapters/postgres/runs/orphans.ts';
import type { OrphansStep } from '../../domain/jobs/orphans.ts';
import type { HeldBatch } from '../actions/batch.ts';
import { buryOrphans } from '../actions/bury-orphans.ts';
import { forgetCandidates, listPage } from '../actions/list-orphans.ts';
import type { OrphansBatch, OrphansContext } from '../actions/orphans-batch.ts';
import { sweepObjects } from '../actions/sweep-objects.ts';
import { requireBlobs } from '../dependencies.ts';
import type { BatchesInput, BatchesResult } from './batches.ts';
import { asksForAMoment, patientStore } from './patient-store.ts';
import { restFor } from './rest.ts';

export interface OrphansInput extends Omit<BatchesInput, 'step'> {
  readonly step: OrphansStep;
}

type Step = OrphansBatch & { readonly done: boolean };

export const runOrphans = async (input: OrphansInput): Promise<BatchesResult> => {
  const { job, step, plan, pool, tenure, throttle, sliceSeconds } = input;
  const until = performance.now() + sliceSeconds * 1000;
  const over = (): boolean => performance.now() >= until || Context.current().cancellationSignal.aborted;
  let excluded = await readPending(pool, job.name);
  let { setAside: already } = await readTotals(pool, plan.runId);
  let position = await readOrphansPosition(pool, { runId: plan.runId, step: step.name });
  const beat = (): void => Context.current().heartbeat({ batches: position.seq, pass: position.pass });
  const rest = (ms: number): Promise<void> => restFor(ms, beat);
  const blobs = patientStore(requireBlobs(input.blobs), { over, beat, rest, sliceSeconds });
  const cutoffMs = Date.parse(plan.startedAt) - step.orphans.olderThanSeconds * 1000;

  while (!over()) {
    const throttled = await throttle.held({ rest, over });
    if (throttled) return { done: false, throttle: throttled };
    await tenure.keep();
    beat();
    const context = { pool, claim: tenure.claim(), job, step, blobs, excluded, cutoffMs };
    const startedAt = performance.now();
    const next = await nextBatch({ ...context, over }, { position, already }).catch((error: unknown) => {
      // Still busy when the slice's time was up: nothing was written down, and the batch is simply done again.
      if (!asksForAMoment(error)) throw error;
    });
    if (!next) break;
    if ('hold' in next) return { done: false, hold: next.hold };
    ({ position } = next);
    excluded = [...excluded, ...next.setAside];
    already += next.setAside.length;
    if (next.done) return { done: true };
    await throttle.makeWay(performance.now() - startedAt, { rest, over });
  }
  return { done: false };
};

const nextBatch = async (
  context: OrphansContext & { readonly over: () => boolean },
  at: { readonly position: OrphansPosition; readonly already: number },
): Promise<Step | HeldBatch> => {
  const { position } = at;
  if (position.pass === STAGES.sweeping) return sweepObjects(context, at);
  if (position.seq === 0) {
    const held = await forgetCandidates(context);
    if (held) return held;
  }
  const batch = await (position.pass === STAGES.listing ? listPage(context, at) : buryOrphans(context, at));
  return 'hold' in batch ? batch : { ...batch, done: false };
};
