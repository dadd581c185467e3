// Who gets a job's lock (SLA-16): it is taken from the dead, on Temporal's word, and from nobody else; a run that lets go
// of it in time of need finds it again, or finds that another had it.
import { randomUUID } from 'node:crypto';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Dependencies } from '../../src/activities/dependencies.ts';
import { createCleanupActivities, createJobActivities } from '../../src/activities/index.ts';
import type { BeginResult } from '../../src/activities/job/begin.ts';
import type { SliceResult } from '../../src/activities/slice/slice.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import { parseOwner } from '../../src/domain/jobs/lock-owner.ts';
import { aJob } from '../support/builders.ts';
import { countLinks, createEngine, type Engine, insertLinks } from '../support/engine.ts';
import { aRun, auditOf, type BegunRun, beginRun, finishRun } from '../support/run-job.ts';
import { connectTemporal, redisUrl, unique } from '../support/stack.ts';

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

const LEASE_MS = 20_000;

/** An execution that nobody serves: the test closes it or lets it be. */
const owner = async (workflowId = unique('job/owner'), taskQueue = unique('nobody')) =>
  temporal.client.workflow.start('job', { taskQueue, workflowId, args: [] });

type Owner = Pick<WorkflowHandleWithFirstExecutionRunId, 'workflowId' | 'firstExecutionRunId'>;

const valueOf = ({ workflowId, firstExecutionRunId }: Owner): string =>
  JSON.stringify({
    workflowId,
    firstRunId: firstExecutionRunId,
    since: '2026-02-10T12:00:00.000000Z',
    token: 'x',
  });

const heldBy = async (job: JobSnapshot, value: string): Promise<void> => {
  await redis.set(job.lockKey, value, 'PX', LEASE_MS);
};

const begin = (
  job: JobSnapshot,
  change: Partial<Dependencies> = {},
  attempt = 1,
  run = aRun(job),
): Promise<BeginResult> =>
  engine.run(createJobActivities({ ...engine.dependencies, ...change }).begin, run, attempt);

const slice = (
  { job, plan }: BegunRun,
  number = 1,
  more: { waitIfFailedSeconds?: number } = {},
): Promise<SliceResult> => engine.run(engine.activities.slice, { job, plan, slice: number, ...more });

/** Nobody touched the lock, and the start says by whom it is held. */
const expectLeftAlone = async (job: JobSnapshot, value: string): Promise<void> => {
  const input = aRun(job);
  expect(await begin(job, {}, 1, input)).toEqual({ begun: false, heldBy: value });
  expect(await redis.get(job.lockKey)).toBe(value);
  expect(await redis.pttl(job.lockKey)).toBeLessThanOrEqual(LEASE_MS);
  const ending = { state: 'skipped', reason: `${job.lockKey} is held by ${value}` } as const;
  expect(await finishRun(engine, input, ending)).toMatchObject({ state: 'skipped', deleted: 0 });
  expect((await auditOf(engine, input)).map(({ action }) => action)).toEqual(['CLEANUP_LOCK_SKIPPED']);
  expect(await redis.get(job.lockKey)).toBe(value);
};

describe('the lock of an owner that is over', () => {
  it('is taken from it, under a value that names both, and the audit log tells it once', async () => {
    const job = aJob();
    const dead = await owner();
    await heldBy(job, valueOf(dead));
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
    expect(await slice(begun)).toMatchObject({ done: true, deleted: 12 });
  });

  it('is told once, however often the beginning is tried again, and by however many workers', async () => {
    const job = aJob();
    const dead = await owner();
    await dead.terminate();
    await heldBy(job, valueOf(dead));
    const input = aRun(job);
    const results = await Promise.all([1, 2, 3].map((attempt) => begin(job, {}, attempt, input)));
    results.push(await begin(job, {}, 4, input));
    const value = await redis.get(job.lockKey);
    for (const result of results) expect(result).toMatchObject({ begun: true, plan: { lockValue: value } });
    const told = (await auditOf(engine, input)).map(({ action }) => action);
    expect(told.toSorted()).toEqual(['CLEANUP_LOCK_TAKEN_OVER', 'CLEANUP_STARTED']);
  });

  it('is told also where the worker died between taking it and telling it', async () => {
    const job = aJob();
    const dead = await owner();
    await dead.terminate();
    await heldBy(job, valueOf(dead));
    const input = aRun(job);
    const { lock } = engine.dependencies;
    const dying = {
      ...lock,
      takeOver: async (...given: Parameters<typeof lock.takeOver>) => {
        await lock.takeOver(...given);
        throw new Error('the worker died');
      },
    };
    await expect(begin(job, { lock: dying }, 1, input)).rejects.toThrow(/the worker died/);
    expect(await begin(job, {}, 2, input)).toMatchObject({ begun: true });
    const told = (await auditOf(engine, input)).map(({ action }) => action);
    expect(told).toEqual(['CLEANUP_LOCK_TAKEN_OVER', 'CLEANUP_STARTED']);
  });

  it('is taken also where the owner’s id has passed to a later run', async () => {
    const job = aJob();
    const dead = await owner();
    await dead.terminate();
    const later = await owner(dead.workflowId);
    await heldBy(job, valueOf(dead));
    expect(await begin(job)).toMatchObject({ begun: true });
    await later.terminate();
  });

  it('is taken also where the owner continued as new before it was over', async () => {
    const job = aJob();
    const taskQueue = unique('by-hand');
    const dead = await owner(unique('job/owner'), taskQueue);
    await continueAsNew(taskQueue);
    await temporal.client.workflow.getHandle(dead.workflowId).terminate();
    await heldBy(job, valueOf(dead));
    expect(await begin(job)).toMatchObject({ begun: true });
  });

  it('goes to one of many that find it, and the others are told by whom it is held now', async () => {
    const job = aJob();
    const dead = await owner();
    await dead.terminate();
    await heldBy(job, valueOf(dead));
    const results = await Promise.all(Array.from({ length: 6 }, () => begin(job)));
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
    const dead = await owner();
    await dead.terminate();
    await heldBy(job, valueOf(dead));
    const { lock } = engine.dependencies;
    const overtaken = {
      ...lock,
      takeOver: async (...given: Parameters<typeof lock.takeOver>) => {
        await pass(() => lock.takeOver(...given), job.lockKey);
        return lock.takeOver(...given);
      },
    };
    const result = await begin(job, { lock: overtaken });
    expect(result).toMatchObject({ begun: true, plan: { lockValue: await redis.get(job.lockKey) } });
  });

  it('is not taken where it has passed to another owner since it was asked about', async () => {
    const job = aJob();
    const dead = await owner();
    await dead.terminate();
    await heldBy(job, valueOf(dead));
    const { lock } = engine.dependencies;
    const overtaken = {
      ...lock,
      takeOver: async (...given: Parameters<typeof lock.takeOver>) => {
        await redis.set(job.lockKey, 'somebody was quicker', 'PX', LEASE_MS);
        return lock.takeOver(...given);
      },
    };
    expect(await begin(job, { lock: overtaken })).toEqual({ begun: false, heldBy: 'somebody was quicker' });
    expect(await redis.get(job.lockKey)).toBe('somebody was quicker');
  });
});

describe('a lock is left alone, and the start ends as skipped, where its owner', () => {
  it('goes on', async () => {
    const job = aJob();
    const alive = await owner();
    await heldBy(job, valueOf(alive));
    await expectLeftAlone(job, valueOf(alive));
    await alive.terminate();
  });

  it('continued as new, and is therefore another execution by now', async () => {
    const job = aJob();
    const taskQueue = unique('by-hand');
    const alive = await owner(unique('job/owner'), taskQueue);
    await continueAsNew(taskQueue);
    const { runId } = await temporal.client.workflow.getHandle(alive.workflowId).describe();
    expect(runId).not.toBe(alive.firstExecutionRunId);
    await heldBy(job, valueOf(alive));
    await expectLeftAlone(job, valueOf(alive));
    await temporal.client.workflow.getHandle(alive.workflowId).terminate();
  });

  it.each([
    ['is unknown to this Temporal', { workflowId: 'job/elsewhere', firstExecutionRunId: randomUUID() }],
    ['has an id that is none', { workflowId: 'job/elsewhere', firstExecutionRunId: 'run-1' }],
  ])('%s', async (_, elsewhere) => {
    const job = aJob();
    await heldBy(job, valueOf(elsewhere));
    await expectLeftAlone(job, valueOf(elsewhere));
  });

  it('belongs to another Temporal, which has a run of the same id as this one', async () => {
    const job = aJob();
    const here = await owner();
    const there = { workflowId: here.workflowId, firstExecutionRunId: randomUUID() };
    await heldBy(job, valueOf(there));
    await expectLeftAlone(job, valueOf(there));
    await here.terminate();
  });

  it.each(['by hand', '{}', '[]', '{"workflowId":"job/x"}', '{"workflowId":5,"firstRunId":{"a":1}}'])(
    'is another program, which wrote %j',
    async (value) => {
      const job = aJob();
      await heldBy(job, value);
      await expectLeftAlone(job, value);
    },
  );
});

/** One workflow task, answered as a workflow does that continues as new. */
const continueAsNew = async (taskQueue: string): Promise<void> => {
  const { workflowService } = temporal.client;
  const common = { namespace: 'default', identity: 'by hand' };
  const task = await temporal.client.withDeadline(Date.now() + 20_000, () =>
    workflowService.pollWorkflowTaskQueue({ ...common, taskQueue: { name: taskQueue } }),
  );
  const attributes = { workflowType: { name: 'job' }, taskQueue: { name: taskQueue } };
  await workflowService.respondWorkflowTaskCompleted({
    ...common,
    taskToken: task.taskToken,
    commands: [{ commandType: 10, continueAsNewWorkflowExecutionCommandAttributes: attributes }],
  });
};

describe('a slice that fails', () => {
  const failing = async (more: { waitIfFailedSeconds?: number }): Promise<number> => {
    const begun = await beginRun(engine, aRun());
    await engine.db.query('ALTER TABLE public.link RENAME TO away');
    try {
      await expect(slice(begun, 1, more)).rejects.toMatchObject({ type: 'BATCH_FAILED' });
    } finally {
      await engine.db.query('ALTER TABLE public.away RENAME TO link');
    }
    const left = await redis.pttl(begun.job.lockKey);
    expect(await slice(begun, 2)).toMatchObject({ done: true, epoch: begun.plan.epoch });
    return left / 1000;
  };

  it('keeps the lock for a minute longer than the run waits, and the next slice finds it', async () => {
    const left = await failing({ waitIfFailedSeconds: 80 });
    expect(left).toBeGreaterThan(130);
    expect(left).toBeLessThanOrEqual(140);
  });

  it('keeps it for its lease only where the run does not wait', async () => {
    expect(await failing({})).toBeLessThanOrEqual(30);
  });

  it.each(['Connection is closed.', 'read ECONNRESET', 'Command timed out'])(
    'because Redis failed with %j says so, and deletes nothing (SLA-126)',
    async (words) => {
      const begun = await beginRun(engine, aRun());
      const fail = () =>
        Promise.reject(Object.assign(new Error(words), words.startsWith('read') && { code: 'ECONNRESET' }));
      const lock = { ...engine.dependencies.lock, extend: fail, acquire: fail };
      const activities = createCleanupActivities({ ...engine.dependencies, lock });
      const { job, plan } = begun;
      await expect(engine.run(activities.slice, { job, plan, slice: 1 })).rejects.toMatchObject({
        type: 'LOCK_BACKEND_UNAVAILABLE',
      });
      await expect(begin(aJob(), { lock })).rejects.toMatchObject({
        type: 'LOCK_BACKEND_UNAVAILABLE',
        nonRetryable: false,
      });
      expect(await countLinks(engine.db)).toBe(12);
    },
  );
});

describe('a run that is paused', () => {
  const paused = async (): Promise<BegunRun> => {
    const begun = await beginRun(engine, aRun());
    const { pack, name, resourceType, lockKey } = begun.job;
    const run = { pack, job: name, database: 'app', resourceType, lockKey, runId: begun.run.runId };
    expect(await engine.run(engine.activities.letGoOfLock, run)).toBe(true);
    expect(await redis.exists(lockKey)).toBe(0);
    expect(await engine.run(engine.activities.letGoOfLock, run)).toBe(false);
    return begun;
  };

  it('takes its lock anew when it goes on, under a higher epoch, and counts every row once', async () => {
    const begun = await paused();
    const result = await slice(begun);
    expect(result).toMatchObject({ done: true, deleted: 12, epoch: begun.plan.epoch + 1 });
    expect(await redis.get(begun.job.lockKey)).toBe(result.lockValue);
    expect(result.lockValue).not.toBe(begun.plan.lockValue);
  });

  it('lets go of no lock that another has taken meanwhile', async () => {
    const begun = await paused();
    const other = await beginRun(engine, aRun(begun.job));
    const { pack, name, resourceType, lockKey } = begun.job;
    const run = { pack, job: name, database: 'app', resourceType, lockKey, runId: begun.run.runId };
    expect(await engine.run(engine.activities.letGoOfLock, run)).toBe(false);
    expect(await redis.get(lockKey)).toBe(other.plan.lockValue);
  });

  it.each([true, false])(
    'is over with LOCK_TAKEN where another run was in between, which has ended: %s',
    async (ended) => {
      const begun = await paused();
      const other = await beginRun(engine, aRun(begun.job));
      if (ended) {
        await slice(other);
        await finishRun(engine, other);
        await insertLinks(engine.db, 12, 25);
      }
      await expect(slice(begun)).rejects.toMatchObject({ type: 'LOCK_TAKEN', nonRetryable: true });
      expect(await countLinks(engine.db)).toBe(12);
      expect(await redis.get(begun.job.lockKey)).toBe(ended ? null : other.plan.lockValue);
      if (!ended) expect(await slice(other)).toMatchObject({ done: true, deleted: 12 });
    },
  );
});
