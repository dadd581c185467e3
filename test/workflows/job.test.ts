// What a run does next, on the real server in virtual time; its activities are scripted.
import { ApplicationFailure, type WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinishInput } from '../../src/activities/job/finish.ts';
import type { SliceInput } from '../../src/activities/slice/slice.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
import type { RunResult } from '../../src/domain/jobs/run.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { eventually } from '../support/eventually.ts';
import { aJob, aPlan } from '../support/jobs/builders.ts';
import { finished, sliceResult, startJob, withJobWorker } from '../support/jobs/job-worker.ts';
import { record } from '../support/record.ts';
import { connectTemporal, unique } from '../support/stack.ts';
import { skipTime } from '../support/time.ts';

let temporal: Awaited<ReturnType<typeof connectTemporal>>;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.close());

const failing = (type: string, message: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(message, type);

/** Waits in a history, in seconds, in their order. */
const timers = async (handle: { fetchHistory: () => Promise<{ events?: unknown }> }): Promise<number[]> => {
  const { events } = (await handle.fetchHistory()) as {
    events?: { timerStartedEventAttributes?: { startToFireTimeout?: { seconds?: unknown } } }[];
  };
  return (events ?? [])
    .map((event) => event.timerStartedEventAttributes?.startToFireTimeout?.seconds)
    .filter((seconds) => seconds !== undefined && seconds !== null)
    .map(Number);
};

describe('a run', () => {
  it('goes from begin through slices to finish, and carries what each slice learned to the next', async () => {
    const pack = unique('pack');
    const seen: SliceInput[] = [];
    const slice = async (input: SliceInput) => {
      seen.push(input);
      return sliceResult({ done: seen.length === 3, epoch: seen.length + 1, lockValue: `v${seen.length}` });
    };
    await withJobWorker({ native: temporal.native, pack, script: { slice } }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack }) });
      expect(await handle.result()).toMatchObject({ state: 'completed', deleted: 10 });
      await record('job-completes-in-three-slices', handle);
    });
    expect(seen.map(({ slice: number, plan }) => [number, plan.epoch, plan.lockValue])).toEqual([
      [1, 1, '{}'],
      [2, 2, 'v1'],
      [3, 3, 'v2'],
    ]);
  });

  it('ends as skipped, with its ending told, when somebody else holds the lock (SLA-16)', async () => {
    const pack = unique('pack');
    const finishes: FinishInput[] = [];
    const script = {
      begin: async () => ({ begun: false as const, heldBy: 'job/other' }),
      finish: async (input: FinishInput) => {
        finishes.push(input);
        return finished(input);
      },
    };
    await withJobWorker({ native: temporal.native, pack, script }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack }) });
      expect(await handle.result()).toMatchObject({ state: 'skipped' });
      await record('job-skipped', handle);
    });
    expect(finishes).toHaveLength(1);
    expect(finishes[0]?.plan).toBeUndefined();
  });

  it('waits 10, 20, 40 and 80 s in sight before each new try of a failed slice, and then fails once, visibly', async () => {
    const pack = unique('pack');
    const numbers: number[] = [];
    const finishes: FinishInput[] = [];
    const script = {
      slice: async ({ slice }: SliceInput) => {
        numbers.push(slice);
        throw failing(FAILURE_TYPES.batchFailed, 'deadlock detected (40P01)');
      },
      finish: async (input: FinishInput) => {
        finishes.push(input);
        return finished(input);
      },
    };
    await withJobWorker({ native: temporal.native, pack, script }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack }) });
      await eventually('the run waits to retry', async () => {
        const state = await handle.query<{ state: string; retryAt?: string }>('state');
        return state.state === 'waitingToRetry' && state.retryAt !== undefined;
      });
      await skipTime(temporal.client, handle.workflowId);
      const error = await handle.result().then(
        () => undefined,
        (failure: WorkflowFailedError) => failure,
      );
      expect(error?.cause).toMatchObject({ type: FAILURE_TYPES.batchFailed });
      expect(await timers(handle)).toEqual([10, 20, 40, 80]);
      await record('job-fails-after-four-waits', handle);
    });
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    expect(finishes.map(({ ending }) => ending.state)).toEqual(['failed']);
  });

  it('starts counting its waits anew after a slice that succeeded', async () => {
    const pack = unique('pack');
    const slice = async ({ slice: number }: SliceInput) => {
      if (number % 2 === 1 && number < 6)
        throw failing(FAILURE_TYPES.lockBackendUnavailable, 'Redis is away');
      return sliceResult({ done: number === 6 });
    };
    await withJobWorker({ native: temporal.native, pack, script: { slice } }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack }) });
      await skipTime(temporal.client, handle.workflowId);
      expect(await handle.result()).toMatchObject({ state: 'completed' });
      expect(await timers(handle)).toEqual([10, 10, 10]);
    });
  });

  it('stops, resumable and not as a failure, when another owner took its lock', async () => {
    const pack = unique('pack');
    const slice = async () => {
      throw failing(FAILURE_TYPES.lockTaken, 'taken by another owner');
    };
    await withJobWorker({ native: temporal.native, pack, script: { slice } }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack }) });
      expect(await handle.result()).toMatchObject({
        state: 'stopped',
        reason: expect.stringContaining('lock_taken'),
      });
      await record('job-stopped-lock-taken', handle);
    });
  });

  it('ends as blocked when preflight refuses, and says so in Temporal as a failure', async () => {
    const pack = unique('pack');
    const begin = async () => {
      throw failing(FAILURE_TYPES.preflightRefused, 'no index serves it');
    };
    await withJobWorker({ native: temporal.native, pack, script: { begin } }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack }) });
      await expect(handle.result()).rejects.toMatchObject({
        cause: { type: FAILURE_TYPES.preflightRefused },
      });
      expect(await handle.query('state')).toMatchObject({ state: 'blocked' });
      await record('job-blocked', handle);
    });
  });

  it('that is cancelled in Temporal still tells its ending and lets go, and then counts as cancelled', async () => {
    const pack = unique('pack');
    const settings = { ...DEFAULT_SETTINGS, backoffSeconds: [3_600] };
    const finishes: FinishInput[] = [];
    const script = {
      slice: async () => {
        throw failing(FAILURE_TYPES.batchFailed, 'the database is away');
      },
      finish: async (input: FinishInput) => {
        finishes.push(input);
        return finished(input);
      },
    };
    await withJobWorker({ native: temporal.native, pack, script }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack, settings }) });
      await eventually(
        'the run waits',
        async () => (await handle.query<{ state: string }>('state')).state === 'waitingToRetry',
      );
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      await record('job-cancelled-while-waiting', handle);
    });
    expect(finishes.map(({ ending }) => ending.state)).toEqual(['stopped']);
  });

  it('goes on from what it carried when it continued as new: same plan, next slice number, no second begin', async () => {
    const pack = unique('pack');
    const seen: SliceInput[] = [];
    const script = {
      begin: async () => {
        throw failing('NEVER', 'begin must not be called again');
      },
      slice: async (input: SliceInput) => {
        seen.push(input);
        return sliceResult({ deleted: 30, batches: 6 });
      },
    };
    const plan = aPlan({ epoch: 4, runId: 'first-run' });
    await withJobWorker({ native: temporal.native, pack, script }, async () => {
      const handle = await startJob(temporal.client, {
        job: aJob({ pack }),
        carried: { plan, lastSlice: 7, progress: { deleted: 20, batches: 4 } },
      });
      await handle.result();
      await record('job-carried-on', handle);
    });
    expect(seen).toMatchObject([{ slice: 8, plan }]);
  });

  it('continues as new when its history grows long, as the same run, and never uses a slice number twice', async () => {
    const pack = unique('pack');
    const seen: SliceInput[] = [];
    // The server suggests continuing as new at 4 MiB of history; a long owner gets there in a few slices.
    const job = aJob({ pack, owner: 'x'.repeat(300_000) });
    const slice = async (input: SliceInput) => {
      seen.push(input);
      return sliceResult({ done: input.slice === 20, deleted: input.slice });
    };
    let told: FinishInput | undefined;
    const finish = async (input: FinishInput) => {
      told = input;
      return finished(input);
    };
    await withJobWorker({ native: temporal.native, pack, script: { slice, finish } }, async () => {
      const handle = await startJob(temporal.client, { job });
      const result = (await handle.result()) as RunResult;
      const { raw } = await handle.describe();
      expect(raw.workflowExecutionInfo?.firstRunId).toBe(result.runId);
      expect(raw.workflowExecutionInfo?.execution?.runId).not.toBe(result.runId);
      // 20 slices are at least 100 events, and its last execution did not run them all.
      const { events } = await handle.fetchHistory();
      expect(told?.historyEvents).toBeGreaterThan(Math.max(100, events?.length ?? 0));
    });
    expect(seen.map(({ slice: number }) => number)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(new Set(seen.map(({ plan }) => plan.runId)).size).toBe(1);
  });

  it('shows its state as search attributes that operators can filter by', async () => {
    const pack = unique('pack');
    await withJobWorker({ native: temporal.native, pack, script: {} }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack }) });
      await handle.result();
      const { typedSearchAttributes } = await handle.describe();
      const found = Object.fromEntries(
        typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
      );
      expect(found).toMatchObject({
        SextonPack: pack,
        SextonKind: 'job',
        SextonName: 'cleanup_links',
        SextonState: 'completed',
        SextonUtilization: 1,
      });
    });
  });
});

describe('a dry run', () => {
  it('previews and does nothing else (SLA-19)', async () => {
    const pack = unique('pack');
    const script = {
      begin: async () => {
        throw failing('NEVER', 'a dry run does not begin');
      },
      preview: async ({ run }: { run: { runId: string } }) => ({
        runId: run.runId,
        dryRun: true as const,
        would_delete: 7,
        sample: [{ id: '1' }],
        cutoff: '2026-02-09T12:00:00.000000Z',
      }),
    };
    await withJobWorker({ native: temporal.native, pack, script }, async () => {
      const handle = await startJob(temporal.client, { job: aJob({ pack }), request: { dryRun: true } });
      expect(await handle.result()).toMatchObject({ would_delete: 7 });
      await record('job-dry-run', handle);
    });
  });
});
