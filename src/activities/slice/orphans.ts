// The slice of a step of orphans: the store is listed page by page, then the candidates are judged as a whole, then they get
// their tombstones, and what is due is swept as objects of rows are. Everything is found again in the ledger.
import { performance } from 'node:perf_hooks';
import { type OrphansPosition, readOrphansPosition, STAGES } from '../../adapters/postgres/runs/orphans.ts';
import type { OrphansStep } from '../../domain/jobs/orphans.ts';
import type { HeldBatch } from '../actions/batch.ts';
import { buryOrphans } from '../actions/bury-orphans.ts';
import { forgetCandidates, listPage } from '../actions/list-orphans.ts';
import type { OrphansBatch, OrphansContext } from '../actions/orphans-batch.ts';
import { sweepObjects } from '../actions/sweep-objects.ts';
import { requireBlobs } from '../dependencies.ts';
import { openCourse } from './course.ts';
import { asksForAMoment, patientStore } from './patient-store.ts';
import type { SliceOutcome, SliceWork } from './slice-work.ts';

export interface OrphansInput extends SliceWork {
  readonly step: OrphansStep;
}

type Step = OrphansBatch & { readonly done: boolean };

export const runOrphans = async (input: OrphansInput): Promise<SliceOutcome> => {
  const { job, step, plan, pool, tenure, throttle, sliceSeconds } = input;
  let position = await readOrphansPosition(pool, { runId: plan.runId, step: step.name });
  const course = await openCourse(input, () => position);
  const { over, beat, rest } = course;
  const blobs = patientStore(requireBlobs(input.blobs), { over, beat, rest, sliceSeconds });
  const cutoffMs = Date.parse(plan.startedAt) - step.orphans.olderThanSeconds * 1000;

  while (!over()) {
    const throttled = await course.begin();
    if (throttled) return { done: false, throttle: throttled };
    const excluded = course.excluded();
    const context = { pool, claim: tenure.claim(), job, step, blobs, excluded, cutoffMs };
    const startedAt = performance.now();
    const next = await nextBatch({ ...context, over }, { position, already: course.already() }).catch(
      (error: unknown) => {
        // Still busy when the slice's time was up: nothing was written down, and the batch is simply done again.
        if (!asksForAMoment(error)) throw error;
      },
    );
    if (!next) break;
    if ('hold' in next) return { done: false, hold: next.hold };
    ({ position } = next);
    course.remember(next.setAside);
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
