// What only a run's workflow knows of its time: how long people held it, how long it waited after failures, and how long
// its history is. Slices are scripted, all else is real.
import { ApplicationFailure } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SliceInput, SliceResult } from '../../src/activities/slice/slice.ts';
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { eventually } from '../support/eventually.ts';
import { aJob } from '../support/jobs/builders.ts';
import { sliceResult } from '../support/jobs/job-worker.ts';
import { skipTime } from '../support/time.ts';

let bell: Bell;
let slice: (input: SliceInput) => Promise<SliceResult>;
beforeAll(async () => {
  bell = await openBell((activities) => ({ ...activities, slice: (input: SliceInput) => slice(input) }));
});
afterAll(() => bell.close());

it('a run counts the time in which people held it, and no other', async () => {
  let letOn: () => void = () => {};
  const first = new Promise<void>((resolve) => {
    letOn = resolve;
  });
  let slices = 0;
  slice = async () => {
    slices += 1;
    if (slices === 1) await first;
    return sliceResult({ done: slices === 2 });
  };
  await bell.serving(async () => {
    const from = Date.now();
    const handle = await startRun(bell.client, aJob(), {});
    await eventually('it works', () => slices === 1);
    await handle.executeUpdate('pause', { args: [{ by: 'ana' }] });
    const asked = Date.now();
    letOn();
    await eventually('its slice is noted', async () => (await handle.query<JobState>('state')).slice === 1);
    const noted = Date.now();
    await handle.executeUpdate('resume', { args: [{ by: 'ana' }] });
    const resumed = Date.now();
    const result = (await handle.result()) as RunResult;
    expect(result.pausedMs).toBeLessThanOrEqual(resumed - asked);
    expect(result.pausedMs).toBeLessThan(Date.now() - from);
    // It resumed while the update was answered.
    expect(result.pausedMs).toBeGreaterThan(0);
    expect(noted).toBeLessThanOrEqual(resumed);
    expect(result).toMatchObject({ waitingMs: 0, approvalMs: 0 });
    const { events = [] } = (await handle.fetchHistory()) as { events?: object[] };
    const told = events.findLastIndex(
      (event) =>
        (event as { activityTaskScheduledEventAttributes?: { activityType?: { name?: string } } })
          .activityTaskScheduledEventAttributes?.activityType?.name === 'finish',
    );
    // All before the task that scheduled `finish` was done.
    expect(result.historyEvents).toBe(told - 1);
  });
});

it('a run counts its waits after failed slices', async () => {
  let slices = 0;
  slice = async () => {
    slices += 1;
    if (slices < 3) throw ApplicationFailure.nonRetryable('deadlock', FAILURE_TYPES.batchFailed);
    return sliceResult();
  };
  await bell.serving(async () => {
    const handle = await startRun(bell.client, aJob(), {});
    await skipTime(bell.client, handle.workflowId);
    const result = (await handle.result()) as RunResult;
    expect(result.waitingMs).toBeGreaterThanOrEqual(30_000);
    expect(result.waitingMs).toBeLessThan(40_000);
    expect(result.pausedMs).toBe(0);
  });
});
