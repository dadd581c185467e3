// What a run's end sets going: monitors that look at once, as their schedules would have them. On the real server, in a
// namespace of its own; what is measured is scripted.
import { ApplicationFailure, type Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { FinishInput } from '../../src/activities/job/finish.ts';
import { createEvaluateAfter, type EvaluateAfterInput } from '../../src/activities/monitor/evaluate-after.ts';
import {
  cleanupQueue,
  evaluationAfterRunId,
  monitorScheduleId,
  ORCHESTRATION_QUEUE,
  WATCH_QUEUE,
} from '../../src/domain/ids.ts';
import type { EvaluateInput, Evaluation } from '../../src/domain/monitors/evaluation.ts';
import { aJob, aPlan } from '../support/jobs/builders.ts';
import { finished, sliceResult } from '../support/jobs/job-worker.ts';
import { aMonitor } from '../support/monitors/a-monitor.ts';
import { connectOwnNamespace, type OwnNamespace } from '../support/own-namespace.ts';
import { unique } from '../support/stack.ts';

let temporal: OwnNamespace;
let client: Client;
beforeAll(async () => {
  temporal = await connectOwnNamespace();
  client = temporal.client;
});
afterAll(() => temporal.close());

const EVALUATED: Omit<Evaluation, 'tick'> = {
  measures: 1,
  series: 1,
  failures: 0,
  failed: [],
  rules: [],
  handOvers: [],
};

interface House {
  readonly pack: string;
  readonly seen: string[];
  readonly evaluateAfter?: (input: EvaluateAfterInput) => Promise<readonly string[]>;
}

const withHouse = async <T>({ pack, seen, evaluateAfter }: House, work: () => Promise<T>): Promise<T> => {
  const common = { connection: temporal.native, namespace: temporal.namespace };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: ORCHESTRATION_QUEUE,
      workflowBundle: { codePath: inject('bundlePath') },
      activities: {
        begin: async () => ({ begun: true, plan: aPlan() }),
        finish: async (input: FinishInput) => {
          seen.push('finish');
          return finished(input);
        },
        preview: async () => ({ runId: 'r', dryRun: true, would_delete: 0, sample: [], cutoff: '' }),
      },
    }),
    Worker.create({
      ...common,
      taskQueue: cleanupQueue(pack, 'app'),
      activities: { slice: async () => sliceResult() },
    }),
    Worker.create({
      ...common,
      taskQueue: WATCH_QUEUE,
      activities: {
        evaluateAfter: evaluateAfter ?? createEvaluateAfter({ temporal: client }),
        evaluate: async ({ monitor, tick }: EvaluateInput): Promise<Evaluation> => {
          seen.push(`evaluate ${monitor.name}`);
          return { ...EVALUATED, tick };
        },
      },
    }),
  ]);
  const running = workers.map((worker) => worker.run());
  try {
    return await work();
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
};

const runJob = async (pack: string, evaluates: readonly string[], dryRun = false) => {
  const handle = await client.workflow.start('job', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId: unique('job'),
    args: [{ job: { ...aJob({ pack }), evaluates }, request: { dryRun } }],
  });
  return { result: await handle.result(), runId: handle.firstExecutionRunId };
};

describe('a run’s end', () => {
  it('has its monitors look at once, each as its schedule would start it (DRAFT-27)', async () => {
    const pack = unique('pack');
    const seen: string[] = [];
    const monitor = aMonitor({ pack, name: 'job-watch' });
    await client.schedule.create({
      scheduleId: monitorScheduleId(pack, 'job-watch'),
      spec: { intervals: [{ every: '30d' }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'monitor',
        taskQueue: ORCHESTRATION_QUEUE,
        workflowId: unique('scheduled'),
        args: [{ v: 1, monitor, ringAfterSeconds: 60 }],
      },
    });
    await withHouse({ pack, seen }, async () => {
      const { result, runId } = await runJob(pack, ['job-watch', 'not-applied-yet']);
      expect(result).toMatchObject({ state: 'completed' });
      const evaluation = client.workflow.getHandle(evaluationAfterRunId(pack, 'job-watch', runId));
      expect(await evaluation.result()).toMatchObject({ firing: 0 });
      // Asked again, by a worker that did not hear the answer: nothing is started anew.
      const again = createEvaluateAfter({ temporal: client });
      expect(await again({ pack, monitors: ['job-watch'], runId })).toEqual([]);
    });
    expect(seen).toEqual(['finish', 'evaluate job-watch']);
  });

  it('is what it is, whether or not its monitors could be asked; a dry run asks none', async () => {
    const pack = unique('pack');
    const asked: EvaluateAfterInput[] = [];
    const evaluateAfter = async (input: EvaluateAfterInput): Promise<readonly string[]> => {
      asked.push(input);
      throw ApplicationFailure.nonRetryable('no such schedule service');
    };
    await withHouse({ pack, seen: [], evaluateAfter }, async () => {
      expect((await runJob(pack, ['job-watch'])).result).toMatchObject({ state: 'completed' });
      await runJob(pack, ['job-watch'], true);
    });
    expect(asked.map(({ monitors }) => monitors)).toEqual([['job-watch']]);
  });
});
