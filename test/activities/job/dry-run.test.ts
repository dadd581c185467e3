// A dry run selects as a real one does, and leaves no trace but its one audit row.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countLinks, createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import { aRun, auditOf, beginRun, homeRowOf } from '../../support/jobs/run-job.ts';
import { redisUrl } from '../../support/stack.ts';

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
  await engine.db.query('TRUNCATE public.link RESTART IDENTITY');
});

const dryRun = (change: Parameters<typeof aJob>[0] = {}) => aRun(aJob(change), { dryRun: true, by: 'ann' });

describe('a dry run', () => {
  it('SLA-19: tells how many rows would leave, at most 20 of their keys, oldest first, and the cutoff', async () => {
    await insertLinks(engine.db, 33, 25);
    await insertLinks(engine.db, 9, 23);
    const input = dryRun();
    const result = await engine.run(engine.activities.preview, input);
    expect(result).toEqual({
      runId: input.run.runId,
      dryRun: true,
      would_delete: 33,
      sample: Array.from({ length: 20 }, (_, n) => ({ id: `${33 - n}` })),
      cutoff: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
    const age = await engine.db.query(
      'SELECT extract(epoch FROM sexton.now() - $1::timestamptz)::float8 AS seconds',
      [result.cutoff],
    );
    expect(Math.abs(age.rows[0].seconds - 86_400)).toBeLessThan(5);
  });

  it('SLA-19: counts by the same condition as a real run and finds exactly what that run then deletes', async () => {
    await insertLinks(engine.db, 12, 25);
    await engine.db.query("UPDATE public.link SET note = 'keep' WHERE id % 3 = 0");
    const job = aJob({ where: "note IS DISTINCT FROM 'keep'" });
    const preview = await engine.run(engine.activities.preview, aRun(job, { dryRun: true }));
    const { plan } = await beginRun(engine, aRun(job));
    const slice = await engine.run(engine.activities.slice, { job, plan, slice: 1 });
    expect(preview.would_delete).toBe(8);
    expect(slice.deleted).toBe(preview.would_delete);
  });

  it('SLA-19: deletes nothing, takes no lock, claims no fence, and writes CLEANUP_DRY_RUN alone', async () => {
    await insertLinks(engine.db, 5, 25);
    const input = dryRun();
    await engine.run(engine.activities.preview, input);
    expect(await countLinks(engine.db)).toBe(5);
    expect(await redis.exists(input.job.lockKey)).toBe(0);
    const fence = await engine.db.query('SELECT 1 FROM sexton.fence WHERE resource = $1', [
      input.job.lockKey,
    ]);
    expect(fence.rows).toEqual([]);
    expect(await auditOf(engine, input)).toMatchObject([
      {
        actor: 'system:cleanup',
        action: 'CLEANUP_DRY_RUN',
        resource_type: 'link',
        pack: 'test-pack',
        metadata: { job: 'cleanup_links', run_id: input.run.runId, would_delete: 5 },
      },
    ]);
  });

  it('goes on beside a real run that holds the lock', async () => {
    await insertLinks(engine.db, 5, 25);
    const { job } = await beginRun(engine);
    const held = await redis.get(job.lockKey);
    const result = await engine.run(engine.activities.preview, aRun(job, { dryRun: true }));
    expect(result.would_delete).toBe(5);
    expect(await redis.get(job.lockKey)).toBe(held);
  });

  it('is known at home as a dry run of somebody, so that every measure can leave it out', async () => {
    const input = dryRun();
    await engine.run(engine.activities.preview, input);
    expect(await homeRowOf(engine, input)).toMatchObject({
      dry_run: true,
      requested_by: 'ann',
      state: 'completed',
      deleted: '0',
    });
  });

  it('tried a second time, because its worker died before it could answer, still has one row', async () => {
    const input = dryRun();
    await engine.run(engine.activities.preview, input);
    await engine.run(engine.activities.preview, input, 2);
    expect((await auditOf(engine, input)).map(({ action }) => action)).toEqual(['CLEANUP_DRY_RUN']);
  });

  it('is held to the same preflight as a real run', async () => {
    await expect(
      engine.run(engine.activities.preview, dryRun({ where: 'random() < 1' })),
    ).rejects.toMatchObject({ type: 'PREFLIGHT_REFUSED' });
  });
});
