// A tick of reconcile on the real server; what its activity does is tested with the activity.
import { ApplicationFailure, type WorkflowFailedError } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  RECONCILE_DEFAULTS,
  type ReconcileResult,
  type ReconcileSettings,
} from '../../src/domain/reconcile.ts';
import { record } from '../support/record.ts';
import { connectTemporal, unique } from '../support/stack.ts';

// Expected failures are asserted, not read.
let temporal: Awaited<ReturnType<typeof connectTemporal>>;
beforeAll(async () => {
  temporal = await connectTemporal();
});
afterAll(() => temporal.close());

const REPAIRED: ReconcileResult = { told: [], found: 1, ended: ['job/p/j/1'], copied: 2 };

/** One tick, with the activity's settings as they reached it. */
const tick = async (
  args: readonly unknown[],
  reconcile: (settings: ReconcileSettings) => Promise<ReconcileResult>,
  recordAs?: string,
): Promise<{ outcome: PromiseSettledResult<unknown>; seen: ReconcileSettings[] }> => {
  const taskQueue = unique('reconcile');
  const seen: ReconcileSettings[] = [];
  const worker = await Worker.create({
    connection: temporal.native,
    namespace: 'default',
    taskQueue,
    workflowBundle: { codePath: inject('bundlePath') },
    activities: {
      reconcile: async (settings: ReconcileSettings) => {
        seen.push(settings);
        return reconcile(settings);
      },
    },
  });
  return worker.runUntil(async () => {
    const options = { taskQueue, workflowId: unique('reconcile'), args: [...args] };
    const handle = await temporal.client.workflow.start('reconcile', options);
    const [outcome] = await Promise.allSettled([handle.result()]);
    if (recordAs) await record(recordAs, handle);
    return { outcome, seen };
  });
};

describe('a tick of reconcile', () => {
  it('repairs by the default ages, and its result says what it did', async () => {
    const { outcome, seen } = await tick([], async () => REPAIRED, 'reconcile-repairs');
    expect(outcome).toMatchObject({ value: REPAIRED });
    expect(seen).toEqual([RECONCILE_DEFAULTS]);
  });

  it('takes single settings from hand-written JSON and the defaults for the others', async () => {
    const { seen } = await tick([{ waitedSeconds: 1 }], async () => REPAIRED);
    expect(seen).toEqual([{ ...RECONCILE_DEFAULTS, waitedSeconds: 1 }]);
  });

  it('that fails fails visibly and is not tried again: the next tick is the retry', async () => {
    const failing = async () => {
      throw ApplicationFailure.retryable('the home database is away', 'BATCH_FAILED');
    };
    const { outcome, seen } = await tick([], failing, 'reconcile-fails');
    const error: WorkflowFailedError | undefined = outcome.status === 'rejected' ? outcome.reason : undefined;
    expect(rootCause(error?.cause)).toBe('the home database is away');
    expect(seen).toHaveLength(1);
  });
});
