// Workers that die at every step from the first look at the store on: single deletions under an etag, and the way of orphans.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { dyingAt } from '../../support/alerts/crashes.ts';
import { aBlobsJob, anOrphansJob } from '../../support/jobs/builders.ts';
import { emptyPlans, insertPlans, standing } from '../../support/jobs/plans.ts';
import { aRun, beginRun } from '../../support/jobs/run-job.ts';
import { createShiftedEngine, DAY, type ShiftedEngine } from '../../support/jobs/shifted-store.ts';

let shifted: ShiftedEngine;
beforeAll(async () => {
  shifted = await createShiftedEngine();
});
afterAll(() => shifted.engine.close());
beforeEach(async () => {
  await shifted.engine.dependencies.blobs?.remove(shifted.engine.fake.paths());
});

interface Survived {
  readonly next: SliceResult;
  readonly stands: Awaited<ReturnType<typeof standing>>;
}

/** One run for each step at or after the first of this name, whose worker dies there; returns the steps. */
const dieFrom = async (
  first: string,
  { lay, job }: { readonly lay: () => Promise<unknown>; readonly job: () => JobSnapshot },
  survived: (place: string, what: Survived) => void,
): Promise<string> => {
  const { engine } = shifted;
  /** Nowhere for 0. */
  const runDyingAt = async (place: number) => {
    await emptyPlans(engine);
    await lay();
    const { job: snapshot, plan } = await beginRun(engine, aRun(job()));
    const { dependencies, died, steps } = dyingAt(engine.dependencies, place);
    const input = { job: snapshot, plan, slice: 1 };
    await engine.run(createCleanupActivities(dependencies).slice, input).catch((error: unknown) => error);
    return { input, died: died(), steps: steps() };
  };
  const { steps } = await runDyingAt(0);
  for (let place = steps.indexOf(first) + 1; place <= steps.length; place += 1) {
    const { input, died } = await runDyingAt(place);
    const next = await engine.run(engine.activities.slice, input, 2);
    survived(`${place} ${died ?? 'nowhere'}`, { next, stands: await standing(engine) });
  }
  return steps.slice(steps.indexOf(first)).join('\n');
};

describe('a worker that dies', () => {
  it('SLA-17, SLA-18: while it deletes objects one by one leaves none behind and counts none twice', {
    timeout: 120_000,
  }, async () => {
    const lay = () => shifted.at(-3 * DAY, () => insertPlans(shifted.engine, 1));
    const job = () => aBlobsJob({ blobs: { paths: 'reused' } });
    const steps = await dieFrom('before uploads are looked at', { lay, job }, (place, survived) => {
      expect({ place, ...survived }).toMatchObject({
        next: { done: true, deleted: 1, objects: 1, setAside: 0 },
        stands: { named: [], cleared: 1, tombstones: [], objects: [] },
      });
    });
    for (const step of [
      'UPDATE sexton.tombstone',
      'before an upload is removed',
      'after an upload is removed',
    ])
      expect(steps).toContain(step);
  });

  it('SLA-17, SLA-18: on the way of orphans deletes nothing that a row names, leaves none and counts none twice', {
    timeout: 120_000,
  }, async () => {
    const lay = async () => {
      shifted.upload(['pdf/1.pdf', 'pdf/2.pdf'], 2 * DAY);
      await shifted.engine.db.query(
        "INSERT INTO public.plan (made_at, pdf) VALUES (sexton.now(), 'pdf/2.pdf')",
      );
    };
    const job = () => anOrphansJob({ batchRows: 1 });
    const steps = await dieFrom('before a page is listed', { lay, job }, (place, survived) => {
      expect({ place, ...survived }).toMatchObject({
        next: { done: true, objects: 1, setAside: 0 },
        stands: { tombstones: [], objects: ['pdf/2.pdf'] },
      });
    });
    for (const step of ['INSERT INTO sexton.orphan', 'WITH taken', 'after an upload is removed'])
      expect(steps).toContain(step);
  });
});
