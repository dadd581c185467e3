// Rows leave in batches and are counted exactly, on real Postgres and Redis.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobSnapshot, RunPlan } from '../../../src/domain/jobs/job.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { aRun, type BegunRun, beginRun } from '../../support/jobs/run-job.ts';
import { redisUrl, unique } from '../../support/stack.ts';

let engine: Engine;
let redis: Redis;
beforeAll(async () => {
  engine = await createEngine();
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
});

const begin = (job: JobSnapshot = aJob()): Promise<BegunRun> => beginRun(engine, aRun(job));

const ledgerSum = async ({ runId }: RunPlan): Promise<number> =>
  (
    await engine.db.query('SELECT coalesce(sum(deleted), 0)::int AS n FROM sexton.ledger WHERE run_id = $1', [
      runId,
    ])
  ).rows[0].n;

describe('a run of age-index windows', () => {
  it('deletes every row older than the cutoff and no other, in batches, and the ledger sum equals the rows gone', async () => {
    await insertLinks(engine.db, 23, 25);
    await insertLinks(engine.db, 7, 23);
    const { job, plan, run } = await begin();
    const slice = await engine.run(engine.activities.slice, { job, plan, slice: 1 });
    const result = await engine.run(engine.activities.finish, {
      job,
      request: {},
      run,
      plan,
      ending: { state: 'completed' },
    });
    expect(slice).toMatchObject({ done: true, deleted: 23, batches: 5 });
    expect(result).toMatchObject({ state: 'completed', eligible: 23, deleted: 23, remaining: 0, batches: 5 });
    expect(await countLinks(engine.db)).toBe(7);
    expect(await ledgerSum(plan)).toBe(23);
  });

  it('keeps rows whose age is unknown, exactly at the cutoff, or excluded by the condition', async () => {
    const { job, plan } = await begin(aJob({ where: "note IS DISTINCT FROM 'keep'" }));
    await engine.db.query(
      `INSERT INTO public.link (expires_at, note) VALUES
         (NULL, 'no age'), ($1::timestamptz, 'at the cutoff'), ($1::timestamptz - interval '1 microsecond', 'just older'),
         ($1::timestamptz - interval '1 day', 'keep')`,
      [plan.cutoff],
    );
    await engine.run(engine.activities.slice, { job, plan, slice: 1 });
    const { rows } = await engine.db.query('SELECT note FROM public.link ORDER BY note');
    expect(rows.map(({ note }) => note)).toEqual(['at the cutoff', 'keep', 'no age']);
  });

  it('walks through many rows of one and the same instant without skipping or repeating any', async () => {
    await engine.db.query(
      "INSERT INTO public.link (expires_at) SELECT sexton.now() - interval '2 days' FROM generate_series(1, 42)",
    );
    const { job, plan } = await begin();
    const slice = await engine.run(engine.activities.slice, { job, plan, slice: 1 });
    expect(slice).toMatchObject({ done: true, deleted: 42 });
    expect(await countLinks(engine.db)).toBe(0);
  });

  it('finds in its final pass the rows that became eligible behind the cursor', async () => {
    await insertLinks(engine.db, 12, 25);
    const { job, plan } = await begin();
    const trigger = `
      CREATE FUNCTION public.late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.link (expires_at, note) SELECT sexton.now() - interval '90 days', 'late'
        WHERE NOT EXISTS (SELECT 1 FROM public.link_late) AND OLD.note IS NULL;
        INSERT INTO public.link_late SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM public.link_late);
        RETURN OLD; END $$;
      CREATE TABLE public.link_late (n int);
      CREATE TRIGGER late BEFORE DELETE ON public.link FOR EACH ROW EXECUTE FUNCTION public.late();`;
    await engine.db.query(trigger);
    try {
      const slice = await engine.run(engine.activities.slice, { job, plan, slice: 1 });
      expect(slice).toMatchObject({ done: true, deleted: 13 });
      expect(await countLinks(engine.db)).toBe(0);
    } finally {
      await engine.db.query(
        'DROP TRIGGER late ON public.link; DROP FUNCTION public.late; DROP TABLE public.link_late',
      );
    }
  });

  it('ends with a warning, not for ever, when the database keeps rows that it was told to delete', async () => {
    await insertLinks(engine.db, 8, 25);
    await engine.db.query(
      `CREATE FUNCTION public.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
       CREATE TRIGGER keep BEFORE DELETE ON public.link FOR EACH ROW EXECUTE FUNCTION public.keep();`,
    );
    try {
      const { job, plan, run } = await begin();
      const slice = await engine.run(engine.activities.slice, { job, plan, slice: 1 });
      const ending = { state: 'completed' } as const;
      const result = await engine.run(engine.activities.finish, { job, request: {}, run, plan, ending });
      expect(slice).toMatchObject({ done: true, deleted: 0 });
      expect(result).toMatchObject({ state: 'completedWithWarnings', remaining: 8 });
    } finally {
      await engine.db.query('DROP TRIGGER keep ON public.link; DROP FUNCTION public.keep');
    }
  });
});

describe('a run that is begun twice, because its worker died before it could answer', () => {
  it('finds its own lock, epoch and cutoff again (SLA-18)', async () => {
    const { job, plan, run } = await begin();
    const again = await engine.run(engine.activities.begin, { job, request: {}, run }, 2);
    expect(again).toEqual({ begun: true, plan: { ...plan, lockWaitMs: expect.any(Number) } });
  });
});

describe('a cutoff that was asked for', () => {
  it('holds where it is older than the declared one, and never takes rows that the declaration keeps', async () => {
    const older = '2026-01-01T00:00:00.000000Z';
    const asked = await beginRun(engine, aRun(aJob(), { cutoff: older }));
    expect(asked.plan.cutoff).toBe(older);
    const younger = await beginRun(engine, aRun(aJob(), { cutoff: '2999-01-01T00:00:00Z' }));
    const plain = await begin();
    expect(Date.parse(younger.plan.cutoff)).toBeLessThanOrEqual(Date.parse(plain.plan.cutoff));
  });
});

describe('a second run while the first one holds the lock', () => {
  it('does not begin, and says who holds it (SLA-16)', async () => {
    const { job, run } = await begin();
    const second = { runId: unique('run'), workflowId: unique('job/test') };
    const result = await engine.run(engine.activities.begin, { job, request: {}, run: second });
    expect(result).toMatchObject({ begun: false, heldBy: expect.stringContaining(run.workflowId) });
  });
});

describe('Redis emptied in the middle of a run', () => {
  it('costs nothing but a new epoch: the lock is taken anew and the counts stay exact', async () => {
    await insertLinks(engine.db, 20, 25);
    const { job, plan } = await begin();
    await redis.del(job.lockKey);
    const slice = await engine.run(engine.activities.slice, { job, plan, slice: 1 });
    expect(slice).toMatchObject({ done: true, deleted: 20, epoch: plan.epoch + 1 });
    expect(await redis.get(job.lockKey)).toBe(slice.lockValue);
  });

  it('ends the run when another owner took the lock meanwhile, before one more row is deleted', async () => {
    await insertLinks(engine.db, 20, 25);
    const { job, plan } = await begin();
    await redis.set(
      job.lockKey,
      JSON.stringify({ workflowId: 'other', firstRunId: 'other', since: '', token: '' }),
    );
    await expect(engine.run(engine.activities.slice, { job, plan, slice: 1 })).rejects.toMatchObject({
      type: 'LOCK_TAKEN',
    });
    expect(await countLinks(engine.db)).toBe(20);
  });
});

describe('a zombie', () => {
  it('of the same slice deletes 0 rows once a later attempt has entered', async () => {
    await insertLinks(engine.db, 20, 25);
    const { job, plan } = await begin();
    await engine.run(engine.activities.slice, { job, plan, slice: 1 }, 2);
    await insertLinks(engine.db, 20, 25);
    await expect(engine.run(engine.activities.slice, { job, plan, slice: 1 }, 1)).rejects.toMatchObject({
      type: 'SUPERSEDED',
    });
    expect(await countLinks(engine.db)).toBe(20);
  });

  it('of a run that has finished deletes 0 rows, even if no later attempt ever entered', async () => {
    await insertLinks(engine.db, 3, 25);
    const { job, plan, run } = await begin();
    await engine.run(engine.activities.slice, { job, plan, slice: 1 });
    await engine.run(engine.activities.finish, {
      job,
      request: {},
      run,
      plan,
      ending: { state: 'completed' },
    });
    await insertLinks(engine.db, 3, 25);
    await expect(engine.run(engine.activities.slice, { job, plan, slice: 2 })).rejects.toMatchObject({
      type: 'SUPERSEDED',
    });
    expect(await countLinks(engine.db)).toBe(3);
  });

  it('of an earlier run deletes 0 rows once a new run has taken the resource', async () => {
    await insertLinks(engine.db, 20, 25);
    const first = await begin();
    await redis.del(first.job.lockKey);
    await begin(first.job);
    await expect(
      engine.run(engine.activities.slice, { job: first.job, plan: first.plan, slice: 1 }),
    ).rejects.toMatchObject({ type: 'LOCK_TAKEN' });
    expect(await countLinks(engine.db)).toBe(20);
  });
});
