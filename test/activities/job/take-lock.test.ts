// Who gets a job's lock (SLA-16): it is taken from the dead, on Temporal's word, once, and from nobody else.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import { parseOwner } from '../../../src/domain/jobs/lock-owner.ts';
import { createEngine, type Engine, insertLinks } from '../../support/engine.ts';
import { aJob } from '../../support/jobs/builders.ts';
import {
  anOwner,
  anOwnerContinued,
  holdLock,
  LEASE_MS,
  tryBegin,
  valueOf,
} from '../../support/jobs/lock-owners.ts';
import { aRun, auditOf, beginRun, finishRun, runSlice } from '../../support/jobs/run-job.ts';
import { connectTemporal, redisUrl } from '../../support/stack.ts';

let temporal: Awaited<ReturnType<typeof connectTemporal>>;
let engine: Engine;
let redis: Redis;
beforeAll(async () => {
  temporal = await connectTemporal();
  engine = await createEngine(temporal.client);
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await engine.close();
  await temporal.close();
});
beforeEach(async () => {
  await engine.db.query('TRUNCATE public.link');
  await insertLinks(engine.db, 12, 25);
});

/** The lock is held by an execution that is over. */
const heldByTheDead = async (job: JobSnapshot): Promise<void> => {
  const dead = await anOwner(temporal.client);
  await dead.terminate();
  await holdLock(redis, job, valueOf(dead));
};

describe('the lock of an owner that is over', () => {
  it('is taken from it, under a value that names both, and the audit log tells it once', async () => {
    const job = aJob();
    const dead = await anOwner(temporal.client);
    await holdLock(redis, job, valueOf(dead));
    await dead.terminate();
    const begun = await beginRun(engine, aRun(job));
    const from = {
      workflowId: dead.workflowId,
      firstRunId: dead.firstExecutionRunId,
      since: '2026-02-10T12:00:00.000000Z',
    };
    expect(await redis.get(job.lockKey)).toBe(begun.plan.lockValue);
    expect(parseOwner(begun.plan.lockValue)).toMatchObject({ firstRunId: begun.run.runId, takenFrom: from });
    expect(await redis.pttl(job.lockKey)).toBeGreaterThan(LEASE_MS);
    const told = (await auditOf(engine, begun)).filter(({ action }) => action === 'CLEANUP_LOCK_TAKEN_OVER');
    expect(told).toMatchObject([
      {
        metadata: {
          lock: job.lockKey,
          from,
          reason: 'the owner is closed in Temporal',
          run_id: begun.run.runId,
        },
      },
    ]);
    expect(await runSlice(engine, begun)).toMatchObject({ done: true, deleted: 12 });
  });

  it('is told once, however often the beginning is tried again, and by however many workers', async () => {
    const job = aJob();
    await heldByTheDead(job);
    const input = aRun(job);
    const results = await Promise.all([1, 2, 3].map((attempt) => tryBegin(engine, job, {}, attempt, input)));
    results.push(await tryBegin(engine, job, {}, 4, input));
    const value = await redis.get(job.lockKey);
    for (const result of results) expect(result).toMatchObject({ begun: true, plan: { lockValue: value } });
    const told = (await auditOf(engine, input)).map(({ action }) => action);
    expect(told.toSorted()).toEqual(['CLEANUP_LOCK_TAKEN_OVER', 'CLEANUP_STARTED']);
  });

  it('is told also where the worker died between taking it and telling it', async () => {
    const job = aJob();
    await heldByTheDead(job);
    const input = aRun(job);
    const { lock } = engine.dependencies;
    const dying = {
      ...lock,
      takeOver: async (...given: Parameters<typeof lock.takeOver>) => {
        await lock.takeOver(...given);
        throw new Error('the worker died');
      },
    };
    await expect(tryBegin(engine, job, { lock: dying }, 1, input)).rejects.toThrow(/the worker died/);
    expect(await tryBegin(engine, job, {}, 2, input)).toMatchObject({ begun: true });
    const told = (await auditOf(engine, input)).map(({ action }) => action);
    expect(told).toEqual(['CLEANUP_LOCK_TAKEN_OVER', 'CLEANUP_STARTED']);
  });

  it('is taken also where the owner’s id has passed to a later run', async () => {
    const job = aJob();
    const dead = await anOwner(temporal.client);
    await dead.terminate();
    const later = await anOwner(temporal.client, dead.workflowId);
    await holdLock(redis, job, valueOf(dead));
    expect(await tryBegin(engine, job)).toMatchObject({ begun: true });
    await later.terminate();
  });

  it('is taken also where the owner continued as new before it was over', async () => {
    const job = aJob();
    const dead = await anOwnerContinued(temporal.client);
    await temporal.client.workflow.getHandle(dead.workflowId).terminate();
    await holdLock(redis, job, valueOf(dead));
    expect(await tryBegin(engine, job)).toMatchObject({ begun: true });
  });

  it('goes to one of many that find it, and the others are told by whom it is held now', async () => {
    const job = aJob();
    await heldByTheDead(job);
    const results = await Promise.all(Array.from({ length: 6 }, () => tryBegin(engine, job)));
    const won = results.flatMap((result) => (result.begun ? [result.plan.lockValue] : []));
    expect(won).toHaveLength(1);
    expect(await redis.get(job.lockKey)).toBe(won[0]);
  });

  it.each([
    [
      'this run itself, by another attempt at beginning',
      async (take: () => Promise<unknown>) => void (await take()),
    ],
    ['nobody', async (_: unknown, key: string) => void (await redis.del(key))],
  ])('is the run’s where it has passed to %s since it was asked about', async (_, pass) => {
    const job = aJob();
    await heldByTheDead(job);
    const { lock } = engine.dependencies;
    const overtaken = {
      ...lock,
      takeOver: async (...given: Parameters<typeof lock.takeOver>) => {
        await pass(() => lock.takeOver(...given), job.lockKey);
        return lock.takeOver(...given);
      },
    };
    const result = await tryBegin(engine, job, { lock: overtaken });
    expect(result).toMatchObject({ begun: true, plan: { lockValue: await redis.get(job.lockKey) } });
  });

  it('is not taken where it has passed to another owner since it was asked about', async () => {
    const job = aJob();
    await heldByTheDead(job);
    const { lock } = engine.dependencies;
    const overtaken = {
      ...lock,
      takeOver: async (...given: Parameters<typeof lock.takeOver>) => {
        await redis.set(job.lockKey, 'somebody was quicker', 'PX', LEASE_MS);
        return lock.takeOver(...given);
      },
    };
    expect(await tryBegin(engine, job, { lock: overtaken })).toEqual({
      begun: false,
      heldBy: 'somebody was quicker',
    });
    expect(await redis.get(job.lockKey)).toBe('somebody was quicker');
  });
});

/** Nobody touched the lock, and the start says by whom it is held. */
const expectLeftAlone = async (job: JobSnapshot, value: string): Promise<void> => {
  const input = aRun(job);
  expect(await tryBegin(engine, job, {}, 1, input)).toEqual({ begun: false, heldBy: value });
  expect(await redis.get(job.lockKey)).toBe(value);
  expect(await redis.pttl(job.lockKey)).toBeLessThanOrEqual(LEASE_MS);
  const ending = { state: 'skipped', reason: `${job.lockKey} is held by ${value}` } as const;
  expect(await finishRun(engine, input, ending)).toMatchObject({ state: 'skipped', deleted: 0 });
  expect((await auditOf(engine, input)).map(({ action }) => action)).toEqual(['CLEANUP_LOCK_SKIPPED']);
  expect(await redis.get(job.lockKey)).toBe(value);
};

describe('a lock is left alone, and the start ends as skipped, where its owner', () => {
  it('goes on', async () => {
    const job = aJob();
    const alive = await anOwner(temporal.client);
    await holdLock(redis, job, valueOf(alive));
    await expectLeftAlone(job, valueOf(alive));
    await alive.terminate();
  });

  it('continued as new, and is therefore another execution by now', async () => {
    const job = aJob();
    const alive = await anOwnerContinued(temporal.client);
    const { runId } = await temporal.client.workflow.getHandle(alive.workflowId).describe();
    expect(runId).not.toBe(alive.firstExecutionRunId);
    await holdLock(redis, job, valueOf(alive));
    await expectLeftAlone(job, valueOf(alive));
    await temporal.client.workflow.getHandle(alive.workflowId).terminate();
  });

  it.each([
    ['is unknown to this Temporal', { workflowId: 'job/elsewhere', firstExecutionRunId: randomUUID() }],
    ['has an id that is none', { workflowId: 'job/elsewhere', firstExecutionRunId: 'run-1' }],
  ])('%s', async (_, elsewhere) => {
    const job = aJob();
    await holdLock(redis, job, valueOf(elsewhere));
    await expectLeftAlone(job, valueOf(elsewhere));
  });

  it('belongs to another Temporal, which has a run of the same id as this one', async () => {
    const job = aJob();
    const here = await anOwner(temporal.client);
    const there = { workflowId: here.workflowId, firstExecutionRunId: randomUUID() };
    await holdLock(redis, job, valueOf(there));
    await expectLeftAlone(job, valueOf(there));
    await here.terminate();
  });

  it.each(['by hand', '{}', '[]', '{"workflowId":"job/x"}', '{"workflowId":5,"firstRunId":{"a":1}}'])(
    'is another program, which wrote %j',
    async (value) => {
      const job = aJob();
      await holdLock(redis, job, value);
      await expectLeftAlone(job, value);
    },
  );
});
