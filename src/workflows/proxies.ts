// Activities by timeout class. Those without a queue of their own run on the workflow's. Slice timeouts come from the snapshot, so that a run keeps those it began with.
import {
  ActivityCancellationType,
  type ActivityInterfaceFor,
  type ActivityOptions,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type {
  CleanupActivities,
  JobActivities,
  NotifyActivities,
  ReconcileActivities,
  WatchActivities,
} from '../activities/index.ts';
import { FAILURE_TYPES } from '../domain/failure.ts';
import { cleanupQueue, NOTIFY_QUEUE, WATCH_QUEUE } from '../domain/ids.ts';
import type { JobSnapshot } from '../domain/jobs/job.ts';
import { databaseOf, isOneShot, type StepSnapshot } from '../domain/jobs/step.ts';

/** Fixed things before the first batch; a database that does not answer is waited for about half a minute. */
const BEGIN: ActivityOptions = {
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumAttempts: 5 },
};

/** The ending is told however long the databases are away; after a day reconcile tells it. */
const FINISH: ActivityOptions = {
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '1d',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
};

export const { begin, preview } = proxyActivities<JobActivities>(BEGIN);
export const { finish } = proxyActivities<JobActivities>(FINISH);

/** One statement or two in the home database. */
const ROW: ActivityOptions = {
  taskQueue: WATCH_QUEUE,
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5s' },
};

/** Tried until it succeeds: nobody waits for the answer, and the row must become right in the end. */
export const { recordStep, recordAnswer: recordAnswerInTheEnd } = proxyActivities<WatchActivities>(ROW);

/** Asked by somebody who waits: after a few seconds the workflow goes on without the row. */
export const {
  markHandedOver,
  loadLadder,
  loadUnsent,
  recordAnswer,
  closeIncident,
  holdRun,
  releaseRun,
  setBatchSize,
  letGoOfLock,
  retryFailedRun,
  evaluateAfter,
} = proxyActivities<WatchActivities>({ ...ROW, scheduleToCloseTimeout: '15s' });

/** Asked beside the workflow, in its own process: one event, no round trip. Both answer within seconds whatever is away. */
export const { whomToWake, resolveInstant } = proxyLocalActivities<JobActivities>({
  startToCloseTimeout: '10s',
});

/** Judging, the door and the samples, for thousands of series. */
const STORING_SECONDS = 60;

/** The door, for as long as it is fair to let people sleep; then the caller rings by itself. */
export const observeWithin = (seconds: number): ActivityInterfaceFor<WatchActivities>['observe'] =>
  proxyActivities<WatchActivities>({ ...ROW, scheduleToCloseTimeout: `${seconds}s` }).observe;

/** Reads configuration only, so it always answers while a worker lives. */
export const { resolveTargets } = proxyActivities<NotifyActivities>({
  taskQueue: NOTIFY_QUEUE,
  startToCloseTimeout: '10s',
});

/**
 * One message. Long enough for Postgres to be waited for and the provider to answer; a message is worth
 * sending for an hour, after which the next tier has long been told.
 */
export const { send } = proxyActivities<NotifyActivities>({
  taskQueue: NOTIFY_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '15s',
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/**
 * The same, where the message itself knows when it is given up, so that it is always told elsewhere then. Once begun it
 * is waited for: what is said of it is what became of it.
 */
export const { send: sendMessage, redeliver } = proxyActivities<NotifyActivities>({
  taskQueue: NOTIFY_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** Written down before anybody is told that it is done, however long that takes. */
export const { recordChecklist } = proxyActivities<WatchActivities>(ROW);

/** Who must hear of its end is asked until somebody answers: nobody waits for it. */
export const { whoWasTold } = proxyActivities<WatchActivities>(ROW);

/**
 * One tick of a monitor. Home is asked first, so that one which does not answer is noticed at once and told of after
 * `ringAfterSeconds`; what measures may take in all comes on top.
 */
export const evaluateWithin = (
  seconds: number,
  measuringSeconds: number,
): ActivityInterfaceFor<WatchActivities>['evaluate'] =>
  proxyActivities<WatchActivities>({
    taskQueue: WATCH_QUEUE,
    startToCloseTimeout: `${measuringSeconds + STORING_SECONDS}s`,
    scheduleToCloseTimeout: `${seconds + measuringSeconds}s`,
    heartbeatTimeout: '15s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5s' },
  }).evaluate;

/** One tick of a health check, by the same rule. */
export const checkHealthWithin = (
  seconds: number,
  checkingSeconds: number,
): ActivityInterfaceFor<WatchActivities>['checkHealth'] =>
  proxyActivities<WatchActivities>({
    taskQueue: WATCH_QUEUE,
    startToCloseTimeout: `${checkingSeconds + STORING_SECONDS}s`,
    scheduleToCloseTimeout: `${seconds + checkingSeconds}s`,
    heartbeatTimeout: '15s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5s' },
  }).checkHealth;

/** Many statements, each with a time of its own; a database that is away is waited for a few minutes. */
export const { makeDigest } = proxyActivities<WatchActivities>({
  taskQueue: WATCH_QUEUE,
  startToCloseTimeout: '15m',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/** Tried until it is written down: nobody waits for it. */
export const { endDigest } = proxyActivities<WatchActivities>(ROW);

/** A letter knows itself when it is given up. */
export const { postLetter } = proxyActivities<NotifyActivities>({
  taskQueue: NOTIFY_QUEUE,
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '1d',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/** One try a schedule's tick: the next tick is the retry. */
export const { reconcile } = proxyActivities<ReconcileActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '30s',
  retry: { maximumAttempts: 1 },
});

/** Slack above `sliceSeconds` for the last batch, its retries by the driver and the audit row. */
const SLICE_SLACK_SECONDS = 60;

/**
 * Only a worker that died is retried by Temporal (a heartbeat or slice timeout): another takes over at once.
 * Every other failure returns to the workflow, which waits in sight of the operator.
 */
export const sliceActivity = (job: JobSnapshot): ActivityInterfaceFor<CleanupActivities>['slice'] => {
  const { slice } = proxyActivities<CleanupActivities>({
    taskQueue: cleanupQueue(job.pack, databaseOf(job)),
    startToCloseTimeout: `${job.settings.sliceSeconds + SLICE_SLACK_SECONDS}s`,
    heartbeatTimeout: `${job.settings.heartbeatSeconds}s`,
    retry: {
      initialInterval: '1s',
      maximumInterval: '10s',
      nonRetryableErrorTypes: Object.values(FAILURE_TYPES),
    },
  });
  return slice;
};

/** A step that is done at once takes as long as it may; batches are given back after a slice. */
export const timeoutOf = (step: StepSnapshot | undefined): Pick<ActivityOptions, 'startToCloseTimeout'> => {
  if (!step || !isOneShot(step)) return {};
  const parts = step.action === 'vacuum' ? step.tables.length : 1;
  return { startToCloseTimeout: `${step.timeoutSeconds * parts + SLICE_SLACK_SECONDS}s` };
};
