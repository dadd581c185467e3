// What checks ask of Temporal: schedules as declared, workers of the right code, owners of locks.
import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckKinds } from '../../../src/activities/checks/index.ts';
import { runChecks } from '../../../src/activities/checks/run-checks.ts';
import { onRedis } from '../../../src/adapters/redis-connection.ts';
import { declaredSchedules, scheduleOptions } from '../../../src/client/sync/schedule-spec.ts';
import type { CheckResult } from '../../../src/domain/health/health.ts';
import { checkId, scheduleIdOf } from '../../../src/domain/ids.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { workerIdentity } from '../../../src/domain/worker-identity.ts';
import { eventually } from '../../support/eventually.ts';
import { aCheck, aHealthCheck } from '../../support/monitors/a-health-check.ts';
import { connectOwnNamespace, type OwnNamespace } from '../../support/own-namespace.ts';
import { redisUrl, unique } from '../../support/stack.ts';

let temporal: OwnNamespace;
let client: Client;
beforeAll(async () => {
  temporal = await connectOwnNamespace();
  client = temporal.client;
});
afterAll(() => temporal.close());

const NOW = '2026-02-10T12:00:00.000000Z';
const signal = new AbortController().signal;

const check = async (kind: string, params: object): Promise<CheckResult | undefined> => {
  const kinds = createCheckKinds({ temporal: client, redisUrl: redisUrl() } as Parameters<
    typeof createCheckKinds
  >[0]);
  const snapshot = aCheck({ name: 'it', kind, with: { ...params } });
  const [result] = await runChecks(kinds, { pack: 'test-pack', checks: [snapshot], asOf: NOW, signal });
  return result;
};

describe('a schedule', () => {
  const name = unique('check');
  const cron = '*/15 3 * * mon';
  const params = { schedule: scheduleIdOf(checkId('test-pack', name)), cron };

  it('passes as it was applied; paused, or at other times, it is a warning, and missing a failure (SLA-45, DRAFT-33)', async () => {
    expect(await check('schedule', params)).toMatchObject({
      status: 'FAIL',
      error: 'Temporal has no such schedule; `sexton apply` makes it',
    });
    const snapshot = aHealthCheck({ name });
    const declared = { id: checkId('test-pack', name), pack: 'test-pack', name, schedule: cron, snapshot };
    const [schedule] = declaredSchedules({
      jobs: [],
      monitors: [],
      checks: [declared],
      settings: DEFAULT_SETTINGS,
    });
    if (!schedule) throw new Error('the health check has a schedule');
    const handle = await client.schedule.create(scheduleOptions(schedule));
    expect(await check('schedule', params)).toEqual({ name: 'it', status: 'PASS' });
    expect(await check('schedule', { ...params, cron: '*/20 3 * * mon' })).toMatchObject({
      status: 'WARN',
      error: expect.stringContaining('its times are not those declared (*/20 3 * * mon)'),
    });
    await handle.pause('paused by ana: the move');
    expect(await check('schedule', params)).toMatchObject({
      status: 'WARN',
      error: 'paused (paused by ana: the move)',
    });
    await handle.unpause();
    await handle.update((found) => ({
      ...found,
      spec: { ...found.spec, intervals: [{ every: '1h' }] },
    }));
    expect(await check('schedule', params)).toMatchObject({ status: 'WARN' });
    await handle.delete();
  });
});

describe('workers', () => {
  const serving = async <T>(queue: string, build: string, work: () => Promise<T>): Promise<T> => {
    const worker = await Worker.create({
      connection: temporal.native,
      namespace: temporal.namespace,
      taskQueue: queue,
      identity: workerIdentity({ pid: 1, host: 'shed', build }),
      activities: { nothing: async () => {} },
    });
    const running = worker.run();
    try {
      return await work();
    } finally {
      worker.shutdown();
      await running;
    }
  };

  it('of the present build pass, older ones are a warning, and none at all a failure (DRAFT-33)', async () => {
    const [queue, idle] = [unique('queue'), unique('idle')];
    const found = (build: string, queues = [queue]) => check('workers', { queues, build });
    expect(await found('b2')).toMatchObject({ status: 'FAIL', error: `no worker asks for work on ${queue}` });
    await serving(queue, 'b1', async () => {
      await eventually('the worker asks', async () => (await found('b1'))?.status === 'PASS');
      expect(await found('b2')).toMatchObject({
        status: 'WARN',
        error: `no worker of build b2 on ${queue}, only of b1; start new ones`,
      });
      expect(await found('b1', [queue, idle])).toMatchObject({
        status: 'FAIL',
        error: `no worker asks for work on ${idle}`,
      });
    });
  });
});

describe('locks', () => {
  const hold = (key: string, value: object) =>
    onRedis(redisUrl(), { timeoutMs: 5000, signal }, (redis) =>
      redis.set(key, JSON.stringify(value), 'PX', 60_000),
    );

  const ago = (hours: number): string => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();

  it('that are older than they may be are counted with the oldest age, and their owners looked for (SLA-45, SLA-46)', async () => {
    const owner = await client.workflow.start('job', {
      taskQueue: unique('nobody'),
      workflowId: unique('owner'),
    });
    const [stuck, running, fresh, foreign] = ['stuck', 'running', 'fresh', 'foreign'].map((each) =>
      unique(`lock:cleanup:${each}`),
    ) as [string, string, string, string];
    const limits = [stuck, running, fresh, foreign].map((key) => ({ key, job: key, maxSeconds: 7200 }));
    expect(await check('locks', { locks: limits })).toEqual({ name: 'it', status: 'PASS' });
    await hold(stuck, { workflowId: 'gone', firstRunId: 'gone', since: ago(2.5), token: 't' });
    await hold(fresh, { workflowId: 'gone', firstRunId: 'gone', since: ago(2), token: 't' });
    await hold(foreign, { by: 'a cron job of somebody else' });
    expect(await check('locks', { locks: limits })).toEqual({
      name: 'it',
      status: 'WARN',
      locks_found: 1,
      lock_age_hours: 2.5,
      owner_running: false,
      locks: [{ lock: stuck, job: stuck, age_hours: 2.5, owner_running: false }],
    });
    await hold(running, {
      workflowId: owner.workflowId,
      firstRunId: owner.firstExecutionRunId,
      since: ago(3.14),
      token: 't',
    });
    expect(await check('locks', { locks: limits })).toMatchObject({
      status: 'WARN',
      locks_found: 2,
      lock_age_hours: 3.1,
      owner_running: true,
      locks: [{ lock: stuck }, { lock: running, owner_running: true }],
    });
    // Another job may hold its own for longer (SLA-46).
    const patient = limits.map((limit) => ({ ...limit, maxSeconds: 4 * 3600 }));
    expect(await check('locks', { locks: patient })).toEqual({ name: 'it', status: 'PASS' });
    await owner.terminate();
  });
});
