// The batches of one slice: rows, and the objects that follow them, until the time is up, nothing is left, or somebody
// holds the run. Position and counts come from the ledger; what is remembered here only saves asking again.
import { readPosition } from '../../adapters/postgres/runs/ledger.ts';
import { readArchiveFacts } from '../../adapters/postgres/tables/archive-facts.ts';
import { readColumnTypes } from '../../adapters/postgres/tables/table-facts.ts';
import { stepPlan } from '../../domain/jobs/job.ts';
import type { BatchedStep } from '../../domain/jobs/step.ts';
import { type BatchContext, runBatch } from '../actions/batch.ts';
import { sweepObjects } from '../actions/sweep-objects.ts';
import { requireBlobs } from '../dependencies.ts';
import { createAttempts } from '../walk/attempts.ts';
import { isNothingLeft } from '../walk/nothing-left.ts';
import { openWalks } from '../walk/open-walks.ts';
import { isPatient, mostPasses } from '../walk/passes.ts';
import { openCourse } from './course.ts';
import { asksForAMoment, patientStore } from './patient-store.ts';
import type { SliceOutcome, SliceWork } from './slice-work.ts';

export interface BatchesInput extends SliceWork {
  readonly step: BatchedStep;
}

/** How long a batch should last: what replicas, waiting sessions and an operator's pause bear well (design §6.5). */
const TARGET_MS = 150;

export const runBatches = async (input: BatchesInput): Promise<SliceOutcome> => {
  const { job, step, plan, pool, tenure, throttle, rowsPerSecond, sliceSeconds } = input;
  const { cutoff, strategy } = stepPlan(plan, step.name);
  const columnTypes = await readColumnTypes(pool, step.selection);
  const archive = step.action === 'archive' ? { archive: await readArchiveFacts(pool, step) } : {};
  let position = await readPosition(pool, { runId: plan.runId, step: step.name, strategy });
  const course = await openCourse(input, () => position);
  const { over, beat, rest, remember } = course;
  const walkAt = await openWalks({ pool, plan, step, position: () => position });
  const attempts = createAttempts({ rowsPerSecond, least: () => walkAt(position).least });
  let objectsDue = step.action === 'blobs';
  const blobs = input.blobs && patientStore(input.blobs, { over, beat, rest, sliceSeconds });

  while (!over()) {
    const throttled = await course.begin();
    if (throttled) return { done: false, throttle: throttled };
    const targetMs = throttle.targetMs() ?? TARGET_MS;
    const already = course.already();
    const common = { pool, claim: tenure.claim(), job, selection: step.selection, cutoff };
    const context: BatchContext = {
      ...common,
      step,
      columnTypes,
      excluded: course.excluded(),
      ...archive,
      ...(blobs && { storeId: blobs.storeId }),
    };
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
    if (position.pass > mostPasses(step) || (await isNothingLeft(context, position))) return { done: true };
    const walk = walkAt(position);
    const attempt = attempts.next(context, { already, beat, patient: isPatient(step, position.pass) });
    const batch = await runBatch(attempt.found, { ...attempt, position, walk });
    if ('hold' in batch) return { done: false, hold: batch.hold };
    if ('failed' in batch) {
      if (batch.failed === 'crowded') walk.learn({ ...batch, targetMs });
      attempts.failed(batch);
      continue;
    }
    position = batch.position;
    remember(batch.setAside);
    const found = { rows: batch.deleted, ms: batch.ms, targetMs };
    walk.learn(found);
    attempts.succeeded({ ...found, size: batch.size });
    objectsDue = step.action === 'blobs' && batch.deleted > 0;
    if (batch.done) return { done: true };
    const rested = await throttle.makeWay(batch.ms, { rest, over });
    if (rowsPerSecond) await rest((batch.deleted / rowsPerSecond) * 1000 - batch.ms - rested);
  }
  return { done: false };
};
