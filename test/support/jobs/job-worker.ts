// The `job` workflow on the real server with scripted activities: what it does next is what is tested, so what
// the activities do is written down by the test.
import { randomUUID } from 'node:crypto';
import { type Client, type WorkflowHandle, WorkflowIdConflictPolicy } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import type { BeginInput, BeginResult } from '../../../src/activities/job/begin.ts';
import type {
  BatchSizeInput,
  ControlledRun,
  HoldInput,
  HoldResult,
} from '../../../src/activities/job/control.ts';
import type { FinishInput } from '../../../src/activities/job/finish.ts';
import type { SliceInput, SliceResult } from '../../../src/activities/slice/slice.ts';
import { cleanupQueue } from '../../../src/domain/ids.ts';
import type { JobInput } from '../../../src/domain/jobs/job.ts';
import type { DryRunResult, RunResult } from '../../../src/domain/jobs/run.ts';
import { aPlan } from './builders.ts';

export interface Script {
  readonly begin?: (input: BeginInput) => Promise<BeginResult>;
  readonly slice?: (input: SliceInput) => Promise<SliceResult>;
  readonly finish?: (input: FinishInput) => Promise<RunResult>;
  readonly preview?: (input: BeginInput) => Promise<DryRunResult>;
  readonly holdRun?: (input: HoldInput) => Promise<HoldResult>;
  readonly releaseRun?: (input: { readonly run: ControlledRun; readonly by: string }) => Promise<void>;
  readonly setBatchSize?: (input: BatchSizeInput) => Promise<{ before: number; after: number }>;
  readonly letGoOfLock?: (run: ControlledRun) => Promise<boolean>;
}

export const sliceResult = (change: Partial<SliceResult> = {}): SliceResult => ({
  done: true,
  epoch: 1,
  lockValue: '{}',
  deleted: 10,
  batches: 2,
  ...change,
});

export const finished = ({ run, plan, ending }: FinishInput): RunResult => ({
  runId: run.runId,
  ...ending,
  eligible: plan?.eligible ?? 0,
  deleted: plan ? 10 : 0,
  remaining: 0,
  batches: 2,
  maxBatchMs: 5,
  avgBatchMs: 4,
  durationSeconds: 3,
  utilizationPercent: 1,
});

/** A job worker on queues of the pack's name; give each test's pack a name of its own. */
export const withJobWorker = async <T>(
  { native, pack, script }: { native: NativeConnection; pack: string; script: Script },
  work: () => Promise<T>,
): Promise<T> => {
  const common = { connection: native, namespace: 'default' };
  const workflows = await Worker.create({
    ...common,
    taskQueue: pack,
    workflowBundle: { codePath: inject('bundlePath') },
    activities: {
      begin:
        script.begin ?? (async ({ run }: BeginInput) => ({ begun: true, plan: aPlan({ runId: run.runId }) })),
      finish: script.finish ?? (async (input: FinishInput) => finished(input)),
      preview: script.preview,
    },
  });
  const slices = await Worker.create({
    ...common,
    taskQueue: cleanupQueue(pack, 'app'),
    activities: { slice: script.slice ?? (async () => sliceResult()) },
  });
  const slicing = slices.run();
  try {
    return await workflows.runUntil(work);
  } finally {
    slices.shutdown();
    await slicing;
  }
};

export const startJob = (client: Client, input: JobInput): Promise<WorkflowHandle> =>
  client.workflow.start('job', {
    taskQueue: input.job.pack,
    workflowId: `job/${input.job.pack}/${input.job.name}/${randomUUID()}`,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    args: [input],
  });
