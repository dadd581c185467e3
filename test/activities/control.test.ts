// What people ask of a run and of its resource: in force with the next batch, told once, and forgotten with the run.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCleanupActivities } from '../../src/activities/index.ts';
import type { ControlledRun } from '../../src/activities/job/control.ts';
import type { SliceResult } from '../../src/activities/slice/slice.ts';
import { readBatchLimit } from '../../src/adapters/postgres/runs/control.ts';
import type { Hold } from '../../src/domain/jobs/control.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import { aJob } from '../support/builders.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../support/engine.ts';
import { hookedDatabases } from '../support/hooked-databases.ts';
import { type AuditRow, aRun, auditOf, type BegunRun, beginRun, finishRun } from '../support/run-job.ts';
import { firstStep } from '../support/steps.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
});

const begin = (job: JobSnapshot = aJob()): Promise<BegunRun> => beginRun(engine, aRun(job));

const controlled = ({ job, run }: Pick<BegunRun, 'job' | 'run'>): ControlledRun => {
  const { pack, name, resourceType, lockKey } = job;
  return { pack, job: name, database: 'app', resourceType, lockKey, runId: run.runId };
};

const slice = ({ job, plan }: BegunRun, number = 1, attempt = 1): Promise<SliceResult> =>
  engine.run(engine.activities.slice, { job, plan, slice: number }, attempt);

/** Runs a slice and does something once its n-th delete is under way. */
const sliceDoing = (
  { job, plan }: BegunRun,
  place: number,
  act: () => Promise<unknown>,
): Promise<SliceResult> => {
  let deletes = 0;
  const databases = hookedDatabases(engine.databases, {
    before: async (sql) => {
      if (!sql.startsWith('DELETE FROM "public"')) return;
      deletes += 1;
      if (deletes === place) await act();
    },
    after: async () => {},
  });
  const activities = createCleanupActivities({ ...engine.dependencies, databases });
  return engine.run(activities.slice, { job, plan, slice: 1 });
};

const sizes = async ({ runId }: BegunRun['plan']): Promise<number[]> =>
  (
    await engine.db.query(
      'SELECT deleted FROM sexton.ledger WHERE run_id = $1 AND deleted > 0 ORDER BY seq',
      [runId],
    )
  ).rows.map(({ deleted }) => Number(deleted));

const told = async (begun: BegunRun, action: AuditRow['action']): Promise<AuditRow['metadata'][]> =>
  (await auditOf(engine, begun)).filter((row) => row.action === action).map(({ metadata }) => metadata);

const controlRows = async (subject: string): Promise<unknown[]> =>
  (
    await engine.db.query('SELECT scope, hold, batch_rows, by FROM sexton.control WHERE subject = $1', [
      subject,
    ])
  ).rows;

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
    expect(await sliceDoing(begun, 2, () => set(begun, rows))).toMatchObject({ done: true, deleted: 21 });
    expect(await sizes(begun.plan)).toEqual(expected);
  });

  it('SLA-93: holds for later runs of the resource, and for no other resource', async () => {
    await insertLinks(engine.db, 9, 25);
    const first = await begin();
    await set(first, 3);
    await slice(first);
    expect(await finishRun(engine, first)).toMatchObject({ deleted: 9 });
    await insertLinks(engine.db, 6, 25);
    const later = await begin(first.job);
    await slice(later);
    expect([await sizes(first.plan), await sizes(later.plan)]).toEqual([
      [3, 3, 3],
      [3, 3],
    ]);
    await finishRun(engine, later);
    for (const run of [first, later]) {
      const ending = (await auditOf(engine, run)).at(-1);
      expect(ending).toMatchObject({ action: 'CLEANUP_COMPLETED', metadata: { batch_size: 3 } });
    }
    expect(await told(later, 'CLEANUP_STARTED')).toMatchObject([{ batch_size: 3 }]);
    await insertLinks(engine.db, 6, 25);
    const other = await begin();
    await slice(other);
    expect(await sizes(other.plan)).toEqual([5, 1]);
  });

  it('SLA-93: is told once with old and new, and not at all where nothing changes', async () => {
    const begun = await begin();
    expect(await set(begun, 3)).toEqual({ before: 5, after: 3 });
    expect(await set(begun, 3, 'ben')).toEqual({ before: 3, after: 3 });
    expect(await set(begun, 9, 'cem')).toEqual({ before: 3, after: 9 });
    const { run, job } = begun;
    expect(await told(begun, 'CLEANUP_BATCH_SIZE_SET')).toEqual([
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
    expect((await told(begun, 'CLEANUP_BATCH_SIZE_SET')).map(({ old, new: now }) => [old, now])).toEqual([
      [5, 3],
      [3, 5],
    ]);
    await insertLinks(engine.db, 6, 25);
    await slice(begun);
    expect(await sizes(begun.plan)).toEqual([5, 1]);
  });

  it('by several people at once, is told as one change after the other', async () => {
    const begun = await begin();
    const wanted = [2, 3, 4, 6, 7, 8];
    await Promise.all(wanted.map((rows) => set(begun, rows)));
    const changes = await told(begun, 'CLEANUP_BATCH_SIZE_SET');
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
    expect(await told(begun, 'CLEANUP_BATCH_SIZE_SET')).toEqual([]);
  });
});

const PAUSE: Hold = { kind: 'pause', by: 'ana', reason: 'backup runs' };
const STOP: Hold = { kind: 'stop', by: 'ben', reason: 'the table is locked' };

const ask = (begun: Pick<BegunRun, 'job' | 'run'>, hold: Hold, force = true) =>
  engine.run(engine.activities.holdRun, { run: controlled(begun), hold, force });

const resume = (begun: BegunRun, by = 'cem') =>
  engine.run(engine.activities.releaseRun, { run: controlled(begun), by });

describe('a run that somebody holds', () => {
  it.each([PAUSE, STOP])('finishes the batch in hand and deletes nothing after it: $kind', async (hold) => {
    await insertLinks(engine.db, 20, 25);
    const begun = await begin();
    const result = await sliceDoing(begun, 2, () => ask(begun, hold));
    expect(result).toMatchObject({ done: false, deleted: 10, batches: 2, hold });
    expect(await slice(begun, 2)).toMatchObject({ done: false, deleted: 10, hold });
    expect(await slice(begun, 2, 2)).toMatchObject({ done: false, deleted: 10, hold });
    expect(await countLinks(engine.db)).toBe(10);
  });

  it('before its first batch deletes nothing at all', async () => {
    await insertLinks(engine.db, 3, 25);
    const begun = await begin();
    await ask(begun, PAUSE);
    expect(await slice(begun)).toMatchObject({ done: false, deleted: 0, batches: 0, hold: PAUSE });
    expect(await countLinks(engine.db)).toBe(3);
  });

  it('goes on once it is resumed, and other runs never took notice', async () => {
    await insertLinks(engine.db, 7, 25);
    const held = await begin();
    await ask(held, PAUSE);
    const other = await begin();
    expect(await slice(other)).toMatchObject({ done: true, deleted: 7 });
    await insertLinks(engine.db, 7, 25);
    await resume(held);
    expect(await slice(held)).toMatchObject({ done: true, deleted: 7 });
  });

  it('tells each change once: asked twice to pause or to go on, it says nothing new', async () => {
    const begun = await begin();
    for (let times = 0; times < 2; times += 1) await ask(begun, PAUSE);
    for (let times = 0; times < 2; times += 1) await resume(begun);
    for (let times = 0; times < 2; times += 1) await ask(begun, STOP);
    const named = { job: begun.job.name, run_id: begun.run.runId };
    expect(await told(begun, 'CLEANUP_PAUSED')).toEqual([{ ...named, by: 'ana', reason: 'backup runs' }]);
    expect(await told(begun, 'CLEANUP_RESUMED')).toEqual([{ ...named, by: 'cem' }]);
    expect(await told(begun, 'CLEANUP_STOP_REQUESTED')).toEqual([
      { ...named, by: 'ben', reason: 'the table is locked' },
    ]);
  });

  it('is stopped although it is paused; what is stopped is neither paused nor resumed any more', async () => {
    const begun = await begin();
    await ask(begun, PAUSE);
    await ask(begun, STOP);
    await ask(begun, PAUSE);
    await resume(begun);
    expect(await slice(begun)).toMatchObject({ done: false, hold: STOP });
    expect((await auditOf(engine, begun)).map(({ action }) => action)).toEqual([
      'CLEANUP_STARTED',
      'CLEANUP_PAUSED',
      'CLEANUP_STOP_REQUESTED',
    ]);
  });

  it('is forgotten with its end: nothing of it stays, also where it is asked too late', async () => {
    const begun = await begin();
    await ask(begun, STOP);
    expect(await controlRows(begun.run.runId)).toHaveLength(1);
    await finishRun(engine, begun, { state: 'stopped', reason: 'stopped by ben' });
    expect(await controlRows(begun.run.runId)).toEqual([]);
    await ask(begun, PAUSE);
    expect(await controlRows(begun.run.runId)).toEqual([]);
    expect((await auditOf(engine, begun)).at(-1)).toMatchObject({ action: 'CLEANUP_STOPPED' });
  });
});

describe('a stop without force', () => {
  const moveClock = (to: string) =>
    engine.db.query('UPDATE sexton.clock SET adjustable = true, "offset" = $1::interval', [to]);
  afterEach(() => moveClock('0'));

  /** A run that began a day ago and whose newest batch was so long ago. */
  const progressed = async (ago: string): Promise<BegunRun> => {
    await insertLinks(engine.db, 10, 25);
    const begun = await begin();
    await slice(begun);
    await moveClock('1 day');
    await engine.db.query(
      `UPDATE sexton.ledger SET at = sexton.now() - $2::interval
       WHERE run_id = $1 AND seq = (SELECT max(seq) FROM sexton.ledger WHERE run_id = $1)`,
      [begun.run.runId, ago],
    );
    return begun;
  };

  const newest = async ({ run }: BegunRun): Promise<string> =>
    (
      await engine.db.query(
        `SELECT to_char(max(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
         FROM sexton.ledger WHERE run_id = $1`,
        [run.runId],
      )
    ).rows[0].at;

  it('SLA-95: is refused 9 min 59 s after the newest batch, which it names, and changes nothing', async () => {
    const begun = await progressed('9 min 59 s');
    expect(await ask(begun, STOP, false)).toEqual({ held: false, lastProgressAt: await newest(begun) });
    expect(await controlRows(begun.run.runId)).toEqual([]);
    expect(await told(begun, 'CLEANUP_STOP_REQUESTED')).toEqual([]);
  });

  it('is refused for as long as its job declares, and no longer (SLA-82, SLA-95)', async () => {
    const begun = await progressed('9 min 59 s');
    const input = { run: controlled(begun), hold: STOP, force: false };
    const ask15 = engine.run(engine.activities.holdRun, { ...input, stuckAfterSeconds: 900 });
    expect(await ask15).toMatchObject({ held: false });
    const ask9 = engine.run(engine.activities.holdRun, { ...input, stuckAfterSeconds: 540 });
    expect(await ask9).toEqual({ held: true });
  });

  it('SLA-95: is accepted 10 min after the newest batch', async () => {
    const begun = await progressed('10 min');
    expect(await ask(begun, STOP, false)).toEqual({ held: true });
    expect(await slice(begun, 2)).toMatchObject({ hold: STOP });
  });

  it('SLA-95: with force is accepted whenever', async () => {
    expect(await ask(await progressed('1 s'), STOP, true)).toEqual({ held: true });
  });

  it('counts from the start where there was no batch yet', async () => {
    const begun = await begin();
    const refused = { held: false, lastProgressAt: `${begun.plan.startedAt.slice(0, 19)}Z` };
    expect(await ask(begun, STOP, false)).toEqual(refused);
    await moveClock('9 min 50 s');
    expect(await ask(begun, STOP, false)).toEqual(refused);
    await moveClock('10 min');
    expect(await ask(begun, STOP, false)).toEqual({ held: true });
  });

  it('is accepted where the run has not begun in its database', async () => {
    expect(await ask(aRun(), STOP, false)).toEqual({ held: true });
  });

  it('is not a matter of progress for a pause', async () => {
    expect(await ask(await progressed('1 s'), PAUSE, false)).toEqual({ held: true });
  });
});
