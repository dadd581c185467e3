// Owners of a job's lock: executions that nobody serves, which a test closes or lets be, and a start that finds the lock
// theirs.
import type { Client, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { Redis } from 'ioredis';
import type { Dependencies } from '../../../src/activities/dependencies.ts';
import { createJobActivities } from '../../../src/activities/index.ts';
import type { BeginResult } from '../../../src/activities/job/begin.ts';
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import type { Engine } from '../engine.ts';
import { unique } from '../stack.ts';
import { aRun } from './run-job.ts';

export const LEASE_MS = 20_000;

export const anOwner = async (
  client: Client,
  workflowId = unique('job/owner'),
  taskQueue = unique('nobody'),
) => client.workflow.start('job', { taskQueue, workflowId, args: [] });

/** One that continued as new at once, and is therefore another execution by now. */
export const anOwnerContinued = async (client: Client) => {
  const taskQueue = unique('by-hand');
  const owner = await anOwner(client, unique('job/owner'), taskQueue);
  await continueAsNew(client, taskQueue);
  return owner;
};

type Owner = Pick<WorkflowHandleWithFirstExecutionRunId, 'workflowId' | 'firstExecutionRunId'>;

/** The lock's value as the owner wrote it. */
export const valueOf = ({ workflowId, firstExecutionRunId }: Owner): string =>
  JSON.stringify({
    workflowId,
    firstRunId: firstExecutionRunId,
    since: '2026-02-10T12:00:00.000000Z',
    token: 'x',
  });

export const holdLock = async (redis: Redis, { lockKey }: JobSnapshot, value: string): Promise<void> => {
  await redis.set(lockKey, value, 'PX', LEASE_MS);
};

/** A start of the job, which may find that another has its lock. */
export const tryBegin = (
  engine: Engine,
  job: JobSnapshot,
  change: Partial<Dependencies> = {},
  attempt = 1,
  run = aRun(job),
): Promise<BeginResult> =>
  engine.run(createJobActivities({ ...engine.dependencies, ...change }).begin, run, attempt);

/** One workflow task, answered as a workflow does that continues as new. */
const continueAsNew = async (client: Client, taskQueue: string): Promise<void> => {
  const { workflowService } = client;
  const common = { namespace: 'default', identity: 'by hand' };
  const task = await client.withDeadline(Date.now() + 20_000, () =>
    workflowService.pollWorkflowTaskQueue({ ...common, taskQueue: { name: taskQueue } }),
  );
  const attributes = { workflowType: { name: 'job' }, taskQueue: { name: taskQueue } };
  await workflowService.respondWorkflowTaskCompleted({
    ...common,
    taskToken: task.taskToken,
    commands: [{ commandType: 10, continueAsNewWorkflowExecutionCommandAttributes: attributes }],
  });
};
