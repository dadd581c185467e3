// The batch size that people set for a resource: in force with the next batch and for later runs, told once.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readBatchLimit } from '../../../src/adapters/postgres/runs/control.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { sliceDoing } from '../../support/jobs/hooked-databases.ts';
import {
  aRun,
  auditOf,
  type BegunRun,
  beginRun,
  controlled,
  finishRun,
  runSlice,
  toldOf,
} from '../../support/jobs/run-job.ts';
import { firstStep } from '../../support/jobs/steps.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
});

const begin = (job: JobSnapshot = aJob()): Promise<BegunRun> => beginRun(engine, aRun(job));

const sizes = async ({ runId }: BegunRun['plan']): Promise<number[]> =>
  (
    await engine.db.query(
      'SELECT deleted FROM sexton.ledger WHERE run_id = $1 AND deleted > 0 ORDER BY seq',
      [runId],
    )
  ).rows.map(({ deleted }) => Number(deleted));

describe('a batch size that somebody sets', () => {
  const set = (begun: BegunRun, rows?: number, by = 'ana') =>
    engine.run(engine.activities.setBatchSize, {
      run: controlled(begun),
      declared: firstStep(begun.job).batchRows,
      by,
      ...(rows !== undefined && { rows }),
    });

  it.each([
    [2, [5, 5, 2, 2, 2, 2, 2, 1]],
    [8, [5, 5, 8, 3]],
  ])('SLA-93: of %i holds from the next batch on, where 5 are declared', async (rows, expected) => {
    await insertLinks(engine.db, 21, 25);
    const begun = await begin();
    expect(await sliceDoing(engine, begun, 2, () => set(begun, rows))).toMatchObject({
      done: true,
      deleted: 21,
    });
    expect(await sizes(begun.plan)).toEqual(expected);
  });

  it('SLA-93: holds for later runs of the resource, and for no other resource', async () => {
    await insertLinks(engine.db, 9, 25);
    const first = await begin();
    await set(first, 3);
    await runSlice(engine, first);
    expect(await finishRun(engine, first)).toMatchObject({ deleted: 9 });
    await insertLinks(engine.db, 6, 25);
    const later = await begin(first.job);
    await runSlice(engine, later);
    expect([await sizes(first.plan), await sizes(later.plan)]).toEqual([
      [3, 3, 3],
      [3, 3],
    ]);
    await finishRun(engine, later);
    for (const run of [first, later]) {
      const ending = (await auditOf(engine, run)).at(-1);
      expect(ending).toMatchObject({ action: 'CLEANUP_COMPLETED', metadata: { batch_size: 3 } });
    }
    expect(await toldOf(engine, later, 'CLEANUP_STARTED')).toMatchObject([{ batch_size: 3 }]);
    await insertLinks(engine.db, 6, 25);
    const other = await begin();
    await runSlice(engine, other);
    expect(await sizes(other.plan)).toEqual([5, 1]);
  });

  it('SLA-93: is told once with old and new, and not at all where nothing changes', async () => {
    const begun = await begin();
    expect(await set(begun, 3)).toEqual({ before: 5, after: 3 });
    expect(await set(begun, 3, 'ben')).toEqual({ before: 3, after: 3 });
    expect(await set(begun, 9, 'cem')).toEqual({ before: 3, after: 9 });
    const { run, job } = begun;
    expect(await toldOf(engine, begun, 'CLEANUP_BATCH_SIZE_SET')).toEqual([
      { job: job.name, run_id: run.runId, by: 'ana', old: 5, new: 3 },
      { job: job.name, run_id: run.runId, by: 'cem', old: 3, new: 9 },
    ]);
  });

  it('is taken back to the declared one, which is told as well, once', async () => {
    const begun = await begin();
    await set(begun, 3);
    expect(await set(begun)).toEqual({ before: 3, after: 5 });
    expect(await set(begun)).toEqual({ before: 5, after: 5 });
    expect(await readBatchLimit(engine.db, begun.job.lockKey)).toBeUndefined();
    expect(
      (await toldOf(engine, begun, 'CLEANUP_BATCH_SIZE_SET')).map(({ old, new: now }) => [old, now]),
    ).toEqual([
      [5, 3],
      [3, 5],
    ]);
    await insertLinks(engine.db, 6, 25);
    await runSlice(engine, begun);
    expect(await sizes(begun.plan)).toEqual([5, 1]);
  });

  it('by several people at once, is told as one change after the other', async () => {
    const begun = await begin();
    const wanted = [2, 3, 4, 6, 7, 8];
    await Promise.all(wanted.map((rows) => set(begun, rows)));
    const changes = await toldOf(engine, begun, 'CLEANUP_BATCH_SIZE_SET');
    const byOld = new Map(changes.map(({ old, new: now }) => [Number(old), Number(now)]));
    const chain: number[] = [];
    for (let size = byOld.get(5); size !== undefined; size = byOld.get(size)) chain.push(size);
    expect(chain.toSorted((one, other) => one - other)).toEqual(wanted);
    expect(await readBatchLimit(engine.db, begun.job.lockKey)).toBe(chain.at(-1));
  });

  it('is refused by the database itself where it is no batch size', async () => {
    const begun = await begin();
    for (const rows of [0, -1, 10_001])
      await expect(set(begun, rows)).rejects.toThrow(/control_batch_rows_check/);
    expect(await toldOf(engine, begun, 'CLEANUP_BATCH_SIZE_SET')).toEqual([]);
  });
});
