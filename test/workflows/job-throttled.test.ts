// A run that its throttle holds: what it shows, how long it waits between two looks, whom it tells when that lasts, and
// what people can do meanwhile. Slices are scripted, time is virtual, all else is real.
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SliceInput, SliceResult } from '../../src/activities/slice/slice.ts';
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import type { JobSnapshot } from '../../src/domain/jobs/job.ts';
import type { JobState } from '../../src/domain/jobs/state.ts';
import type { Throttled } from '../../src/domain/jobs/throttle.ts';
import { type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { aJob } from '../support/jobs/builders.ts';
import { sliceResult } from '../support/jobs/job-worker.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';
import { skipTime } from '../support/time.ts';

let bell: Bell;
let slice: (input: SliceInput) => Promise<SliceResult>;
beforeAll(async () => {
  bell = await openBell((activities) => ({ ...activities, slice: (input: SliceInput) => slice(input) }));
});
afterAll(() => bell.close());
beforeEach(() => {
  slice = async () => sliceResult();
});

const REASON = 'replica lag 30s (limit 10s)';
const SINCE = '2026-02-10T12:00:00.000Z';

const throttled = (change: Partial<JobSnapshot> = {}): JobSnapshot =>
  aJob({ throttle: { replicaLagSeconds: 10, limitSeconds: 7200 }, ...change });

/** What a held slice answers; it waits as long as it was told to, unless it knows better. */
const heldFor = ({ waitIfThrottledSeconds = 0 }: SliceInput, change: Partial<Throttled> = {}): SliceResult =>
  sliceResult({
    done: false,
    deleted: 0,
    throttle: {
      probe: 'replicaLag',
      reason: REASON,
      since: SINCE,
      waitSeconds: waitIfThrottledSeconds,
      ...change,
    },
    throttledMs: 3000,
  });

/** Held in the slices of these numbers, from 1. */
const heldIn = (numbers: readonly number[], last: number) => {
  const seen: SliceInput[] = [];
  slice = async (input) => {
    seen.push(input);
    if (numbers.includes(seen.length)) return heldFor(input);
    return sliceResult({ done: seen.length >= last });
  };
  return seen;
};

/** Waits in a history, in seconds, in their order. */
const waits = async (handle: WorkflowHandle): Promise<number[]> => {
  const { events } = (await handle.fetchHistory()) as {
    events?: {
      timerStartedEventAttributes?: { startToFireTimeout?: { seconds?: unknown; nanos?: unknown } };
    }[];
  };
  return (events ?? []).flatMap(({ timerStartedEventAttributes }) => {
    const timeout = timerStartedEventAttributes?.startToFireTimeout;
    return timeout ? [Number(timeout.seconds ?? 0) + Number(timeout.nanos ?? 0) / 1e9] : [];
  });
};

const stateOf = (handle: WorkflowHandle): Promise<JobState> => handle.query<JobState>('state');
const until = (handle: WorkflowHandle, state: JobState['state']) =>
  eventually(`the run is ${state}`, async () => (await stateOf(handle)).state === state);
const ask = (handle: WorkflowHandle, update: string, event: object = {}) =>
  handle.executeUpdate(update, { args: [{ by: 'ana', ...event }] });

describe('a run that its throttle holds', () => {
  it('shows why and since when, looks again after 10, 20, 30, 60 and 60 s, and goes on', async () => {
    const seen = heldIn([1, 2, 3, 4, 5], 6);
    await bell.serving(async () => {
      const handle = await startRun(bell.client, throttled(), {});
      await until(handle, 'throttled');
      const { throttle, throttledSeconds } = await stateOf(handle);
      expect(throttle).toMatchObject({ reason: REASON, since: SINCE });
      expect(throttledSeconds).toBe(3);
      const toLook = Date.parse(throttle?.lookAt ?? '') - Date.now();
      expect(toLook).toBeGreaterThan(0);
      expect(toLook).toBeLessThanOrEqual(10_000);
      await skipTime(bell.client, handle.workflowId);
      expect(await handle.result()).toMatchObject({ state: 'completed' });
      expect(await waits(handle)).toEqual([10, 20, 30, 60, 60]);
      expect(await stateOf(handle)).not.toHaveProperty('throttle');
      await record('job-throttled', handle);
    });
    // Each slice is told beforehand how long the wait would be, since it keeps the lock for as long.
    expect(seen.map(({ waitIfThrottledSeconds }) => waitIfThrottledSeconds)).toEqual([
      10, 20, 30, 60, 60, 60,
    ]);
    expect(seen.map(({ slice: number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('starts counting its waits anew after a slice that worked', async () => {
    heldIn([1, 2, 4], 5);
    await bell.serving(async () => {
      const handle = await startRun(bell.client, throttled(), {});
      await skipTime(bell.client, handle.workflowId);
      await handle.result();
      expect(await waits(handle)).toEqual([10, 20, 10]);
    });
  });

  it('waits as long as the hold itself says, where it is a matter of time', async () => {
    let slices = 0;
    slice = async (input) => {
      slices += 1;
      return slices === 1 ? heldFor(input, { waitSeconds: 840 }) : sliceResult();
    };
    await bell.serving(async () => {
      const handle = await startRun(bell.client, throttled(), {});
      await skipTime(bell.client, handle.workflowId);
      await handle.result();
      expect(await waits(handle)).toEqual([840]);
    });
  });

  it('looks at once when it is asked to retry, by update and by signal', async () => {
    await bell.serving(async () => {
      for (const by of ['update', 'signal'] as const) {
        heldIn([1], 2);
        const handle = await startRun(bell.client, throttled(), {});
        await until(handle, 'throttled');
        if (by === 'update')
          expect(await ask(handle, 'retry')).toMatchObject({
            next: 'looks again now, and goes on if nothing holds it any more',
          });
        else await handle.signal('retry', { by: 'ana' });
        expect(await handle.result()).toMatchObject({ state: 'completed' });
      }
    });
  });

  it('is paused and resumed meanwhile, and then looks', async () => {
    const seen = heldIn([1], 2);
    await bell.serving(async () => {
      const handle = await startRun(bell.client, throttled(), {});
      await until(handle, 'throttled');
      await ask(handle, 'pause');
      await until(handle, 'paused');
      expect(seen).toHaveLength(1);
      await ask(handle, 'resume');
      expect(await handle.result()).toMatchObject({ state: 'completed' });
    });
  });

  it('is stopped meanwhile, by force since nothing says how long it would have waited', async () => {
    slice = async (input) => heldFor(input);
    await bell.serving(async () => {
      const handle = await startRun(bell.client, throttled(), {});
      await until(handle, 'throttled');
      await ask(handle, 'stop', { force: true, reason: 'not today' });
      expect(await handle.result()).toMatchObject({ state: 'stopped', reason: 'stopped by ana: not today' });
    });
  });

  it('is told of no wait where its snapshot is of before there were throttles', async () => {
    const seen = heldIn([], 1);
    await bell.serving(async () => {
      await (await startRun(bell.client, aJob(), {})).result();
    });
    expect(seen[0]).not.toHaveProperty('waitIfThrottledSeconds');
  });
});

describe('a run that is throttled for longer than its limit', () => {
  const band = (abovePercent: number, severity: 'warning' | 'critical') =>
    ({
      severity,
      severityWord: severity.toUpperCase(),
      alertType: `late_${severity}`,
      recommendedAction: 'wait',
      abovePercent,
    }) as const;

  it('is told of once, by its budget’s lowest band, before any of the budget’s lines is crossed', async () => {
    const rule = aRule({ name: unique('budget'), routes: {} });
    const alerts = { budget: { rule, bands: [band(80, 'warning'), band(100, 'critical')] } };
    const job = throttled({ alerts, budgetSeconds: 3600, throttle: { limitSeconds: 150 } });
    const spent = [145_000, 151_000, 181_000, 181_000];
    let slices = 0;
    slice = async (input) => {
      slices += 1;
      const throttledMs = spent[slices - 1] ?? 0;
      return slices < 4 ? { ...heldFor(input), throttledMs } : sliceResult({ throttledMs });
    };
    const incidents = async () =>
      (
        await bell.home.query('SELECT state, firing FROM sexton.incident WHERE rule = $1 ORDER BY number', [
          rule.name,
        ])
      ).rows;
    await bell.serving(async () => {
      const handle = await startRun(bell.client, job, {});
      await until(handle, 'throttled');
      expect(await incidents()).toEqual([]);
      await ask(handle, 'retry');
      const [told, ...more] = await eventually('it is told', async () => {
        const rows = await incidents();
        return rows.length > 0 && rows;
      });
      expect(more).toEqual([]);
      expect(told.firing).toMatchObject({
        severity: 'warning',
        summary: `cleanup_links has been throttled for 2m31s: ${REASON}`,
        payload: { throttled_seconds: 151, throttle_reason: REASON, threshold_percent: 80 },
      });
      expect((await stateOf(handle)).sla).toBe('withinSla');
      for (const number of [3, 4]) {
        await until(handle, 'throttled');
        await ask(handle, 'retry');
        await eventually('it has looked', () => slices >= number);
      }
      expect(await handle.result()).toMatchObject({ state: 'completed' });
      // The first wait ends where the limit is reached, not where the next look would have been due.
      expect((await waits(handle)).filter((seconds) => seconds < 100)).toEqual([5.01, 20, 30]);
      expect(await incidents()).toMatchObject([{ firing: { summary: told.firing.summary } }]);
    });
  });
});
