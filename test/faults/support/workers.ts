// Worker processes that are taken away and replaced: which of them works at the run's slice is asked of Temporal.
import type { WorkflowHandle } from '@temporalio/client';
import { eventually } from '../../support/eventually.ts';
import type { House, WorkerProcess } from '../../support/programs/house.ts';
import type { Chance } from './seeded.ts';

interface AtWork {
  readonly worker: WorkerProcess;
  readonly activityId: string;
  readonly attempt: number;
}

export interface Workers {
  /** So many of them at the same time, all of the newest release. */
  readonly fill: (count: number) => void;
  /** Replaces one after the other by this release. */
  readonly deploy: (folder: string) => Promise<void>;
  readonly ready: () => Promise<void>;
  /** The one that works at the run's slice; undefined between two slices, or where Temporal is away. */
  readonly atWork: (handle: WorkflowHandle) => Promise<AtWork | undefined>;
  /** That one, or any other. */
  readonly victim: (handle: WorkflowHandle) => Promise<WorkerProcess>;
  readonly kill: (worker: WorkerProcess) => void;
  /** Stopped, not dead; another one is started in its place. */
  readonly stop: (worker: WorkerProcess) => void;
}

/** Two cores: a third worker that boots all the time would leave none for the run. */
export const createWorkers = (
  house: House,
  { chance, folder }: { chance: Chance; folder: string },
): Workers => {
  let release = folder;
  let alive: WorkerProcess[] = [];
  const start = (): void => {
    alive = [...alive, house.worker({}, release)];
  };
  const without = (worker: WorkerProcess): void => {
    alive = alive.filter((each) => each !== worker);
  };
  const atWork = async (handle: WorkflowHandle): Promise<AtWork | undefined> => {
    const described = await handle.describe().catch(() => undefined);
    for (const { lastWorkerIdentity, activityId, attempt } of described?.raw.pendingActivities ?? []) {
      const worker = alive.find(({ child }) => lastWorkerIdentity?.startsWith(`${child.pid}@`));
      if (worker && activityId && attempt) return { worker, activityId, attempt };
    }
    return undefined;
  };
  const kill = (worker: WorkerProcess): void => {
    without(worker);
    worker.kill('SIGKILL');
    start();
  };
  const ready = async (): Promise<void> => {
    const up = () => alive.every(({ stderr }) => stderr().includes('RUNNING'));
    await eventually('the workers serve', up, { withinMs: 90_000 });
  };
  return {
    fill: (count) => {
      while (alive.length < count) start();
    },
    deploy: async (newer) => {
      release = newer;
      const before = alive;
      for (const worker of before) {
        if (alive.includes(worker)) kill(worker);
        await ready();
      }
    },
    ready,
    atWork,
    victim: async (handle) => (await atWork(handle))?.worker ?? chance.one(alive),
    kill,
    stop: (worker) => {
      without(worker);
      worker.kill('SIGSTOP');
      start();
    },
  };
};
