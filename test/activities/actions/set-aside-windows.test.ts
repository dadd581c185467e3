// How bad rows are found among good ones: at what cost, whatever size somebody set, and without taking one row's fault
// for another's. And what a worker's death at any step does to that: nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../../src/activities/index.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import { setBatchLimit } from '../../../src/adapters/postgres/runs/control.ts';
import { dyingAt } from '../../support/alerts/crashes.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { hookedDatabases } from '../../support/jobs/hooked-databases.ts';
import { createProtected, leftIn, PROTECTIONS, queueOf } from '../../support/jobs/protected-rows.ts';
import { aRun, type BegunRun, beginRun, finishRun } from '../../support/jobs/run-job.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const slice = ({ job, plan }: BegunRun, number = 1, attempt = 1): Promise<SliceResult> =>
  engine.run(engine.activities.slice, { job, plan, slice: number }, attempt);

const { sql: objecting } = PROTECTIONS['a trigger that objects'];

/** Transactions of a slice that were rolled back. */
const rollbacksOf = async ({ job, plan }: BegunRun): Promise<number> => {
  let rollbacks = 0;
  const databases = hookedDatabases(engine.databases, {
    before: async (sql) => {
      if (sql === 'ROLLBACK') rollbacks += 1;
    },
    after: async () => {},
  });
  const activities = createCleanupActivities({ ...engine.dependencies, databases });
  await engine.run(activities.slice, { job, plan, slice: 1 });
  return rollbacks;
};

describe('a bad row in a large window', () => {
  it.each([
    [1_000, undefined],
    [5, 2_000],
    [1_000, 40],
    [10_000, 10],
  ])('costs few batches, where %i rows are declared and %s are set', async (batchRows, rows) => {
    const table = await createProtected(engine, { rows: 1_600, bad: [1_555], batchRows, sql: objecting });
    const begun = await beginRun(engine, aRun(table.job));
    const subject = { pack: 'test-pack', job: table.job.name, resourceType: 'link' };
    const limit = { resource: table.job.lockKey, rows, declared: batchRows, by: 'ana' };
    if (rows) await setBatchLimit(engine.db, subject, limit);
    expect(await rollbacksOf(begun)).toBeLessThanOrEqual(20);
    expect(await leftIn(engine, table)).toEqual([1_555]);
  });
});

describe('rows that hold each other', () => {
  it('all go, also where another row of their window is bad: only that one is set aside', async () => {
    const family = (t: string): string => `${objecting(t)}
      ALTER TABLE public.${t} ADD parent int REFERENCES public.${t} (uid); CREATE INDEX ON public.${t} (parent);
      UPDATE public.${t} SET parent = uid - 1 WHERE uid % 4 > 1;`;
    const table = await createProtected(engine, { rows: 40, bad: [28], sql: family });
    expect(await slice(await beginRun(engine, aRun(table.job)))).toMatchObject({ deleted: 39, setAside: 1 });
    expect(await leftIn(engine, table)).toEqual([28]);
  });
});

describe('a row on which the job’s condition itself fails', () => {
  const where = 'note::int < 5 -- or so';

  it('SLA-22: is set aside, the others go, and later runs count without it', async () => {
    const table = await createProtected(engine, {
      rows: 90,
      bad: [25, 26, 90],
      batchRows: 30,
      sql: () => '',
      where,
    });
    const begun = await beginRun(engine, aRun(table.job));
    expect(begun.plan).toMatchObject({ eligibleIsEstimate: true });
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 87, setAside: 3 });
    expect(await leftIn(engine, table)).toEqual([25, 26, 90]);
    expect((await queueOf(engine, table.job)).map(({ failure_mode }) => failure_mode)).toEqual(
      Array(3).fill('22P02'),
    );
    expect(await finishRun(engine, begun)).toMatchObject({ state: 'completedWithWarnings', remaining: 0 });

    const next = await beginRun(engine, aRun(table.job));
    expect(next.plan).toMatchObject({ eligible: 0, eligibleIsEstimate: false });
    expect(await slice(next)).toMatchObject({ done: true, deleted: 0, setAside: 0 });
    expect(await finishRun(engine, next)).toMatchObject({ state: 'completed', remaining: 0 });
  });

  it('is not set aside for another row’s sake, and rows that the condition keeps stay', async () => {
    const table = await createProtected(engine, { rows: 60, bad: [30], sql: () => '', where });
    await engine.db.query(`UPDATE public.${table.name} SET note = '7' WHERE uid IN (1, 29, 31, 60)`);
    expect(await slice(await beginRun(engine, aRun(table.job)))).toMatchObject({ deleted: 55, setAside: 1 });
    expect(await leftIn(engine, table)).toEqual([1, 29, 30, 31, 60]);
    expect(await queueOf(engine, table.job)).toHaveLength(1);
  });

  it('keeps nobody from a dry run, which says that its figure is an estimate and sets nothing aside', async () => {
    const table = await createProtected(engine, { rows: 30, bad: [1], sql: () => '', where });
    const preview = await engine.run(engine.activities.preview, aRun(table.job, { dryRun: true }));
    expect(preview).toMatchObject({ would_delete_is_estimate: true, sample: [] });
    expect(await queueOf(engine, table.job)).toEqual([]);
  });

  it('keeps no run from ending that fails before it comes to it: what remains is then an estimate', async () => {
    const table = await createProtected(engine, { rows: 30, bad: [30], sql: () => '', where });
    const begun = await beginRun(engine, aRun(table.job));
    const error = { code: 'BATCH_FAILED', message: 'the disk is full' };
    const result = await finishRun(engine, begun, { state: 'failed', error });
    expect(result).toMatchObject({ state: 'failed', remaining: expect.any(Number) });
    const { rows } = await engine.db.query(
      `SELECT metadata FROM sexton.audit_log WHERE run_id = $1 AND action = 'CLEANUP_FAILED'`,
      [begun.run.runId],
    );
    expect(rows[0].metadata).toMatchObject({ remaining_is_estimate: true, error_code: 'BATCH_FAILED' });
  });
});

describe('a worker that dies while it sets rows aside', () => {
  it('SLA-17: at any step, loses none and counts none twice: the next attempt finishes', {
    timeout: 180_000,
  }, async () => {
    const { sql } = PROTECTIONS['a foreign key that is looked at only at the commit'];
    const deaths: string[] = [];
    for (;;) {
      const table = await createProtected(engine, { rows: 5, bad: [2, 3], batchRows: 3, sql });
      const begun = await beginRun(engine, aRun(table.job));
      const { dependencies, died } = dyingAt(engine.dependencies, deaths.length + 1);
      const dying = createCleanupActivities(dependencies);
      const { job, plan } = begun;
      const first = await engine.run(dying.slice, { job, plan, slice: 1 }).catch((error: unknown) => error);
      const death = died();
      if (death === undefined) {
        expect(first).toMatchObject({ done: true });
        break;
      }
      deaths.push(death);
      const next = await slice(begun, 1, 2);
      const left = await leftIn(engine, table);
      const queued = (await queueOf(engine, table.job)).length;
      const result = await finishRun(engine, begun);
      expect({ deaths, next, left, queued, result }).toMatchObject({
        next: { done: true },
        left: [2, 3],
        queued: 2,
        result: { state: 'completedWithWarnings', deleted: 3, setAside: 2, remaining: 0 },
      });
    }
    const told = deaths.join('\n');
    for (const step of ['before SAVEPOINT', 'manual_resolution_queue', 'before COMMIT', 'after COMMIT'])
      expect(told).toContain(step);
  });
});
