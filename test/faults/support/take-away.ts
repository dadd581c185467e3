// What a chaotic run stands on, taken away from it: each fault is one function. What a fault starts that ends later, a
// worker that wakes or a deployment, is settled at the end.
import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { JobState } from '../../../src/domain/jobs/state.ts';
import { eventually } from '../../support/eventually.ts';
import type { House, WorkerProcess } from '../../support/programs/house.ts';
import type { Late } from './chaos-report.ts';
import { batchesOf, fenced, glance } from './ledger-facts.ts';
import type { Workers } from './workers.ts';

export const FAULTS = [
  'SIGKILL',
  'Redis emptied',
  'Postgres restarted',
  'Temporal restarted',
  'worker stopped',
  'new release',
  'pause',
] as const;
export type Fault = (typeof FAULTS)[number];

/** A woken worker has so long to do harm; then it dies, lest it goes on as one worker more. */
const AWAKE_MS = 6_000;
/** A server's absence, beside the time that it needs to come up. */
const DOWN = { downForMs: 500 };

interface TakeAwayInput {
  readonly house: House;
  readonly workers: Workers;
  readonly run: WorkflowHandleWithFirstExecutionRunId;
  readonly lockKey: string;
  readonly leaseSeconds: number;
  /** Folder of the release that is deployed on the way. */
  readonly newRelease: string;
}

export interface TakeAway {
  readonly perform: (fault: Fault) => Promise<unknown>;
  /** Wakes a stopped worker once its lease is over and others have been at work. */
  readonly wakeLater: (stopped: WorkerProcess) => void;
  readonly zombies: readonly WorkerProcess[];
  /** Everything that was begun is over; how many batches came although they should not have. */
  readonly settled: () => Promise<readonly Late[]>;
}

export const createTakeAway = ({
  house: { target, stack },
  workers,
  run,
  lockKey,
  leaseSeconds,
  newRelease,
}: TakeAwayInput): TakeAway => {
  const runId = run.firstExecutionRunId;
  const zombies: WorkerProcess[] = [];
  const begun: Promise<unknown>[] = [];
  const late: Late[] = [];
  const afterStops: (() => Promise<number>)[] = [];

  const wake = async (stopped: WorkerProcess): Promise<void> => {
    await delay((leaseSeconds + 3) * 1_000);
    stopped.kill('SIGCONT');
    await delay(AWAKE_MS);
    stopped.kill('SIGKILL');
  };
  const wakeLater = (stopped: WorkerProcess): void => {
    zombies.push(stopped);
    begun.push(wake(stopped));
  };

  /** Between two slices nobody could be a zombie: it is tried until the stopped worker holds one. */
  const tryToStop = async (): Promise<true | undefined> => {
    const before = await workers.atWork(run);
    before?.worker.kill('SIGSTOP');
    const held = await workers.atWork(run);
    if (!before || held?.worker !== before.worker || held.activityId !== before.activityId) {
      before?.worker.kill('SIGCONT');
      return undefined;
    }
    workers.stop(before.worker);
    const own = await fenced(target, lockKey);
    const atStop = await batchesOf(target, runId, own);
    afterStops.push(async () => (await batchesOf(target, runId, own)) - atStop);
    wakeLater(before.worker);
    return true;
  };

  const pause = async (): Promise<void> => {
    const isPaused = async () => (await run.query<JobState>('state')).state === 'paused';
    await run.executeUpdate('pause', { args: [{ by: 'test', reason: 'to see how soon it holds' }] });
    const atAnswer = await glance(target, runId);
    await eventually('the run is paused', isPaused, { withinMs: 60_000 });
    await delay(1_000);
    const batches = (await glance(target, runId)).batches - atAnswer.batches;
    late.push({ what: 'after a pause was answered', batches });
    await run.executeUpdate('resume', { args: [{ by: 'test' }] });
  };

  const faults: Readonly<Record<Fault, () => Promise<unknown>>> = {
    SIGKILL: async () => workers.kill(await workers.victim(run)),
    'Redis emptied': () => stack.restart('redis', DOWN),
    'Postgres restarted': () => stack.restart('postgres', DOWN),
    'Temporal restarted': () => stack.restart('temporal', DOWN),
    'worker stopped': () =>
      eventually('a worker is stopped in the middle of a slice', tryToStop, { withinMs: 120_000 }),
    // One after the other, while the run and its other faults go on.
    'new release': async () => begun.push(workers.deploy(newRelease)),
    pause,
  };

  return {
    perform: (fault) => faults[fault](),
    wakeLater,
    zombies,
    settled: async () => {
      await Promise.all(begun);
      for (const count of afterStops)
        late.push({ what: 'of a stopped worker, once it stopped', batches: await count() });
      return late;
    },
  };
};
