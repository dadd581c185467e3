// What befell a run and was made up for, in its state, its live details and its one ending. Slices are scripted, all else is
// real.
import { ApplicationFailure, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SliceInput, SliceResult } from '../../src/activities/slice/slice.ts';
import { startRun } from '../../src/adapters/temporal/start-run.ts';
import { FAILURE_TYPES } from '../../src/domain/failure.ts';
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

/** What the run says once it is over: its state, the line of its details, and the metadata of its ending. */
const told = async (handle: WorkflowHandle) => {
  const { runId, mishaps } = await handle.query<JobState>('state');
  const { currentDetails = '' } = await handle.query<{ currentDetails?: string }>(
    '__temporal_workflow_metadata',
  );
  const { rows } = await bell.home.query(
    `SELECT metadata FROM sexton.audit_log WHERE run_id = $1 AND action = 'CLEANUP_COMPLETED'`,
    [runId],
  );
  const line = currentDetails.split('\n').find((each) => each.includes('made up for'));
  return { mishaps, line, ending: rows[0].metadata };
};

const failed = (details: object): ApplicationFailure =>
  ApplicationFailure.create({
    type: FAILURE_TYPES.batchFailed,
    message: 'no',
    nonRetryable: true,
    details: [details],
  });

it('a run tells how often its slices were taken over, its lock was taken anew, and what its slices failed with', async () => {
  const script = [
    sliceResult({ done: false, attempt: 3 }),
    failed({ code: '57P01', attempt: 2 }),
    failed({ code: 'CONNECTION' }),
    sliceResult({ done: false, epoch: 3 }),
    sliceResult({ epoch: 3 }),
  ];
  slice = async (input) => {
    const next = script[input.slice - 1];
    if (!next || next instanceof ApplicationFailure) throw next ?? new Error('no such slice');
    return next;
  };
  await bell.serving(async () => {
    const handle = await startRun(bell.client, aJob(), {});
    await skipTime(bell.client, handle.workflowId);
    await handle.result();
    const { mishaps, line, ending } = await told(handle);
    expect(mishaps).toEqual({ takenOver: 3, raised: 2, failed: { '57P01': 1, CONNECTION: 1 } });
    expect(line).toContain(
      'taken over from a dead or silent worker 3 times; lock taken anew 2 times; slice failed',
    );
    expect(ending).toMatchObject({
      taken_over: 3,
      lock_retaken: 2,
      slices_failed: { '57P01': 1, CONNECTION: 1 },
    });
  });
});

it('a run to which nothing happened says nothing of it; that its lock is taken anew after a pause is nothing', async () => {
  slice = async (input) =>
    input.slice === 1
      ? sliceResult({ done: false, hold: { kind: 'pause', by: 'ana' } })
      : sliceResult({ epoch: 2 });
  await bell.serving(async () => {
    const handle = await startRun(bell.client, aJob(), {});
    const isPaused = async () => (await handle.query<JobState>('state')).state === 'paused';
    await eventually('the run is paused', isPaused);
    await handle.executeUpdate('resume', { args: [{ by: 'ana' }] });
    await handle.result();
    const { mishaps, line, ending } = await told(handle);
    expect(mishaps).toBeUndefined();
    expect(line).toBeUndefined();
    for (const name of ['taken_over', 'lock_retaken', 'slices_failed'])
      expect(ending).not.toHaveProperty(name);
  });
});
