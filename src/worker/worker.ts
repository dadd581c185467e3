// The worker's composition root: adapters, activities and one Temporal worker a queue, built and closed here.
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Logger } from 'pino';
import {
  createCleanupActivities,
  createJobActivities,
  createNotifyActivities,
  createReconcileActivities,
  createWatchActivities,
} from '../activities/index.ts';
import type { TemporalAddress } from '../adapters/temporal/connect.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ChannelLogger } from '../channels/channel.ts';
import type { ChannelSettings } from '../channels/settings.ts';
import { openDependencies } from './dependencies.ts';
import { type QueueSpec, queueTable } from './queues.ts';
import { installRuntime } from './runtime.ts';

export interface RunningWorker {
  /** Settles when every queue's worker has ended; rejects where one failed. */
  readonly done: Promise<void>;
  /** Lets running batches finish, gives up the rest, and closes every connection. */
  readonly stop: () => Promise<void>;
}

export interface WorkerOptions {
  readonly catalog: Catalog;
  readonly temporal: TemporalAddress;
  readonly channels: ChannelSettings;
  readonly logger: Logger;
  /** Where the channel `log` writes; the logger unless stated. */
  readonly notices?: ChannelLogger;
  /** Prebuilt workflow code; bundled on the spot where it is not given. */
  readonly bundle?: WorkflowBundle;
}

/** Time for a slice to see the shutdown, finish its batch and report: far above one batch. */
const SHUTDOWN_GRACE = '10s';
const SHUTDOWN_FORCE = '20s';

/** Everything reachable from the workflows folder, as the one file that workers run. */
export const bundleWorkflows = (logger?: Logger): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    logger: {
      log: () => {},
      trace: () => {},
      debug: () => {},
      info: () => {},
      warn: (message) => logger?.warn(message),
      error: (message) => logger?.error(message),
    },
  });

export const startWorker = async ({
  catalog,
  temporal,
  channels,
  logger,
  notices = logger,
  bundle,
}: WorkerOptions): Promise<RunningWorker> => {
  installRuntime(logger);
  const workflowBundle = bundle ?? (await bundleWorkflows(logger));
  const connection = await NativeConnection.connect(temporal.connectionOptions);
  const { namespace = 'default' } = temporal;
  const client = new Client({ connection, namespace });
  const { dependencies, close } = openDependencies({ catalog, client, channels, notices });
  const activities: Record<QueueSpec['serves'], object> = {
    job: createJobActivities(dependencies),
    cleanup: createCleanupActivities(dependencies),
    watch: createWatchActivities(dependencies),
    notify: createNotifyActivities(dependencies),
    reconcile: createReconcileActivities(dependencies),
  };

  const workers = await Promise.all(
    queueTable(catalog.databases).map(({ taskQueue, serves, workflows, slots }) =>
      Worker.create({
        connection,
        namespace,
        taskQueue,
        activities: activities[serves],
        ...(workflows && { workflowBundle }),
        maxConcurrentActivityTaskExecutions: slots,
        shutdownGraceTime: SHUTDOWN_GRACE,
        shutdownForceTime: SHUTDOWN_FORCE,
      }),
    ),
  );

  const done = Promise.all(workers.map((worker) => worker.run())).then(() => {});
  const stop = async (): Promise<void> => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await done.catch(() => {});
    await Promise.allSettled([connection.close(), close()]);
  };
  // One queue without a worker would be a silent outage: when one fails, all stop and the process says so.
  done.catch(() => stop());
  return { done, stop };
};
