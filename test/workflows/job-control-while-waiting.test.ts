// Controls at the moments in which nothing is deleted: while a run waits to retry, while its slice is on its way back,
// after it continued as new, while Postgres does not answer. Slices are scripted, all else is real.
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HoldInput, HoldResult } from '../../src/activities/job/control.ts';
import type { SliceInput, SliceResult } from '../../src/activities/slice/slice.ts';
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
import { ORCHESTRATION_QUEUE } from '../../src/domain/ids.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { aJob, aPlan } from '../support/jobs/builders.ts';
import { sliceResult } from '../support/jobs/job-worker.ts';
import { record } from '../support/record.ts';
import { redisUrl, unique } from '../support/stack.ts';

type Slice = (input: SliceInput, real: (input: SliceInput) => Promise<SliceResult>) => Promise<SliceResult>;

let bell: Bell;
let redis: Redis;
let slice: Slice;
let holdRun: ((input: HoldInput) => Promise<HoldResult>) | undefined;
beforeAll(async () => {
  bell = await openBell((activities) => ({
    ...activities,
    slice: (input: SliceInput) => slice(input, activities.slice),
    holdRun: (input: HoldInput) => (holdRun ?? activities.holdRun)(input),
  }));
  redis = new Redis(redisUrl());
});
afterAll(async () => {
  redis.disconnect();
  await bell.close();
});
beforeEach(async () => {
  holdRun = undefined;
  slice = async () => sliceResult();
  await bell.home.query('TRUNCATE public.link');
});

const stateOf = (handle: WorkflowHandle): Promise<JobState> => handle.query<JobState>('state');
const until = (handle: WorkflowHandle, state: JobState['state']) =>
  eventually(`the run is ${state}`, async () => (await stateOf(handle)).state === state);
const ask = (handle: WorkflowHandle, update: string, event: object = {}) =>
  handle.executeUpdate(update, { args: [{ by: 'ana', ...event }] });

/** Would wait an hour for its second try. */
const patient = (): JobSnapshot => aJob({ settings: { ...DEFAULT_SETTINGS, backoffSeconds: [3600] } });

const failsOnce = (): Slice => {
  const seen: number[] = [];
  return async ({ slice: number }) => {
    seen.push(number);
    if (seen.length === 1) throw ApplicationFailure.nonRetryable('deadlock', FAILURE_TYPES.batchFailed);
    return sliceResult();
  };
};

describe('a run that waits to retry', () => {
  it('tries at once when it is asked to, by update and by signal', async () => {
    await bell.serving(async () => {
      for (const by of ['update', 'signal'] as const) {
        slice = failsOnce();
        const handle = await startRun(bell.client, patient(), {});
        await until(handle, 'waitingToRetry');
        if (by === 'update') expect(await ask(handle, 'retry')).toMatchObject({ next: 'tries again now' });
        else await handle.signal('retry', { by: 'ana' });
        expect(await handle.result()).toMatchObject({ state: 'completed' });
        if (by === 'update') await record('job-retried-in-its-wait', handle);
      }
    });
  });

  it('is paused and resumed without spending its wait, and then tries', async () => {
    slice = failsOnce();
    const job = patient();
    await bell.serving(async () => {
      const handle = await startRun(bell.client, job, {});
      await until(handle, 'waitingToRetry');
      await ask(handle, 'pause');
      await until(handle, 'paused');
      await eventually('the lock is let go of', async () => (await redis.get(job.lockKey)) === null);
      await ask(handle, 'resume');
      expect(await handle.result()).toMatchObject({ state: 'completed' });
    });
  });

  it('keeps its lock until a minute after the wait (design §6.3)', async () => {
    const seen: SliceInput[] = [];
    slice = async (input, real) => {
      seen.push(input);
      // The table goes away under the slice, and comes back for the next one.
      await bell.home.query('ALTER TABLE public.link RENAME TO gone');
      try {
        return await real(input);
      } finally {
        await bell.home.query('ALTER TABLE public.gone RENAME TO link');
      }
    };
    const job = patient();
    await bell.serving(async () => {
      const handle = await startRun(bell.client, job, {});
      await until(handle, 'waitingToRetry');
      expect(seen.map(({ waitIfFailedSeconds }) => waitIfFailedSeconds)).toEqual([3600]);
      expect(await redis.pttl(job.lockKey)).toBeGreaterThan(3_650_000);
      expect(await redis.pttl(job.lockKey)).toBeLessThanOrEqual(3_660_000);
      await ask(handle, 'stop', { force: true, reason: 'test is over' });
      expect(await handle.result()).toMatchObject({ state: 'stopped' });
      expect(await redis.get(job.lockKey)).toBeNull();
    });
  });

  it('is stopped by force even while its database does not answer, because it alone decides what comes next', async () => {
    slice = failsOnce();
    holdRun = async () => {
      throw ApplicationFailure.nonRetryable('connection refused', 'CONNECTION');
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, patient(), {});
      await until(handle, 'waitingToRetry');
      await ask(handle, 'stop', { force: true, reason: 'the database is gone for good' });
      expect(await handle.result()).toMatchObject({
        state: 'stopped',
        reason: 'stopped by ana: the database is gone for good',
      });
    });
  });

  it('waits at least as long as what failed asks for', async () => {
    slice = async () => {
      throw ApplicationFailure.create({
        message: 'the store asks to wait',
        type: FAILURE_TYPES.batchFailed,
        nonRetryable: true,
        details: [{ retryAfterSeconds: 7200 }],
      });
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, patient(), {});
      await until(handle, 'waitingToRetry');
      const { retryAt = '' } = await stateOf(handle);
      expect(Date.parse(retryAt) - Date.now()).toBeGreaterThan(7_100_000);
      await handle.terminate();
    });
  });
});

const LATE = {
  severity: 'critical',
  severityWord: 'CRITICAL',
  alertType: 'late',
  recommendedAction: 'wait',
  abovePercent: 100,
} as const;

describe('a run that is held', () => {
  it('is neither stopped nor ended by its breach: it stays held, and goes on to its end when a person says so (SLA-23)', async () => {
    const budget = { rule: aRule({ name: unique('budget') }), bands: [LATE] };
    let calls = 0;
    slice = async () => {
      calls += 1;
      return sliceResult({ done: calls > 1, ...(calls === 1 && { hold: { kind: 'pause', by: 'ana' } }) });
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, aJob({ alerts: { budget } }), { budgetSeconds: 1 });
      await until(handle, 'paused');
      await eventually('it shows the breach', async () => (await stateOf(handle)).sla === 'breached');
      await eventually('its incident is open', async () => bell.heard.length > 0);
      expect((await stateOf(handle)).state).toBe('paused');
      await handle.executeUpdate('resume', { args: [{ by: 'ana' }] });
      expect(await handle.result()).toMatchObject({ state: 'completed' });
      expect(calls).toBe(2);
    });
  });

  it('shows that its budget is broken the moment it is, though nothing else changes', async () => {
    const budget = { rule: aRule({ name: unique('budget') }), bands: [LATE] };
    let calls = 0;
    slice = async () => {
      calls += 1;
      return sliceResult({ done: calls > 1, hold: { kind: 'pause', by: 'ana' } });
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, aJob({ alerts: { budget } }), { budgetSeconds: 1 });
      await until(handle, 'paused');
      await eventually('it shows the breach', async () => (await stateOf(handle)).sla === 'breached');
      expect((await stateOf(handle)).state).toBe('paused');
      await handle.terminate();
    });
  });
});

describe('a hold', () => {
  it('that was lifted while the slice was on its way back is no more', async () => {
    let comeBack = (): void => {};
    const onItsWay = new Promise<void>((resolve) => {
      comeBack = resolve;
    });
    let calls = 0;
    slice = async () => {
      calls += 1;
      if (calls > 1) return sliceResult();
      await onItsWay;
      return sliceResult({ done: false, hold: { kind: 'pause', by: 'ana' } });
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, aJob(), {});
      await eventually('the slice is on', () => calls === 1);
      await ask(handle, 'pause');
      await ask(handle, 'resume');
      comeBack();
      expect(await handle.result()).toMatchObject({ state: 'completed' });
      expect(calls).toBe(2);
    });
  });

  it('that only Postgres knows, because the run has continued as new, is found by its next slice', async () => {
    const runId = unique('run');
    slice = async (_, real) => real(_);
    await bell.home.query(
      "INSERT INTO sexton.control (scope, subject, hold, by) VALUES ('run', $1, 'pause', 'ana')",
      [runId],
    );
    await bell.home.query("INSERT INTO public.link (expires_at) VALUES (sexton.now() - interval '2 days')");
    await bell.serving(async () => {
      const handle = await bell.client.workflow.start('job', {
        taskQueue: ORCHESTRATION_QUEUE,
        workflowId: unique('job/carried'),
        args: [
          {
            job: aJob(),
            carried: { plan: aPlan({ runId }), lastSlice: 3, progress: { deleted: 0, batches: 0 } },
          },
        ],
      });
      await until(handle, 'paused');
      expect(await stateOf(handle)).toMatchObject({ hold: { kind: 'pause', by: 'ana' } });
      const { rows } = await bell.home.query('SELECT count(*)::int AS n FROM public.link');
      expect(rows).toEqual([{ n: 1 }]);
      await handle.terminate();
    });
  });

  it('that cannot be written while batches run is not claimed to be in force', async () => {
    let comeBack = (): void => {};
    const onItsWay = new Promise<void>((resolve) => {
      comeBack = resolve;
    });
    let calls = 0;
    slice = async () => {
      calls += 1;
      await onItsWay;
      return sliceResult();
    };
    holdRun = async () => {
      throw ApplicationFailure.nonRetryable('connection refused', 'CONNECTION');
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, aJob(), {});
      await eventually('the slice is on', () => calls === 1);
      await expect(ask(handle, 'pause')).rejects.toMatchObject({
        cause: { type: 'CONTROL_REFUSED', message: expect.stringContaining('connection refused') },
      });
      expect((await stateOf(handle)).state).toBe('running');
      comeBack();
      await handle.result();
    });
  });
});
