// What a slice says of its attempts: to its workflow, which counts them, and in the audit log.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { auditOf, beginRun } from '../../support/jobs/run-job.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
  await insertLinks(engine.db, 3, 25);
});

it('a slice that was given to another worker says which attempt was through, in its result and in its audit row', async () => {
  const begun = await beginRun(engine);
  const { job, plan } = begun;
  const result = await engine.run(engine.activities.slice, { job, plan, slice: 1 }, 3);
  expect(result).toMatchObject({ done: true, attempt: 3 });
  const rows = (await auditOf(engine, begun)).filter(({ action }) => action === 'CLEANUP_BATCH_COMPLETED');
  expect(rows.map(({ metadata }) => metadata['attempts'])).toEqual([3]);
});

it('a slice that went well at once says nothing of attempts', async () => {
  const begun = await beginRun(engine);
  const { job, plan } = begun;
  expect(await engine.run(engine.activities.slice, { job, plan, slice: 1 })).not.toHaveProperty('attempt');
  const rows = (await auditOf(engine, begun)).filter(({ action }) => action === 'CLEANUP_BATCH_COMPLETED');
  expect(rows.map(({ metadata }) => 'attempts' in metadata)).toEqual([false]);
});

it('a slice that failed says which attempt it was, beside what its batch failed with', async () => {
  const { job, plan } = await beginRun(engine);
  await engine.db.query('ALTER TABLE public.link RENAME TO hidden');
  try {
    const failing = engine.run(engine.activities.slice, { job, plan, slice: 1 }, 2);
    await expect(failing).rejects.toMatchObject({
      type: 'BATCH_FAILED',
      nonRetryable: true,
      message: expect.stringContaining('rolled back'),
      details: [{ code: '42P01', attempt: 2 }],
    });
  } finally {
    await engine.db.query('ALTER TABLE public.hidden RENAME TO link');
  }
});
