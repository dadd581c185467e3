// The worker's composition root: adapters, activities and one Temporal worker a queue, built and closed here.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
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
import type { BlobSettings } from '../config/blob.ts';
import { buildId } from '../config/build-id.ts';
import { workerIdentity } from '../domain/worker-identity.ts';
import { openDependencies } from './dependencies.ts';
import { type HeartbeatSettings, startHeartbeat } from './heartbeat.ts';
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
  /** Where files are deleted; none without it. */
  readonly blobs?: BlobSettings | undefined;
  readonly logger: Logger;
  /** Where the channel `log` writes; the logger unless stated. */
  readonly notices?: ChannelLogger;
  /** Where `/metrics` is served; nowhere unless stated. */
  readonly metricsAddress?: string | undefined;
  /** Called while alerts come through; nobody unless stated. */
  readonly heartbeat?: HeartbeatSettings | undefined;
  /** Prebuilt workflow code; bundled on the spot where it is not given. */
  readonly bundle?: WorkflowBundle;
}

/** Time for a slice to see the shutdown, finish its batch and report: far above one batch. */
const SHUTDOWN_GRACE = '10s';
const SHUTDOWN_FORCE = '20s';

/** What a killed worker held waits no longer than this for another: a page may be among it. */
const STICKY_TIMEOUT = '5s';
/** Unless stated the SDK holds signs of life back for four fifths of their timeout, which leaves a busy worker 3 s of 15. */
const HEARTBEATS_AT_LEAST = '5s';

/** Where `npm run build` puts the bundle; beside the sources there is none. */
const PREBUILT = new URL('../workflow-bundle.js', import.meta.url);

/** Everything reachable from the workflows folder, as the one file that workers run: as built, or bundled now. */
export const bundleWorkflows = async (logger?: Logger): Promise<WorkflowBundle> => {
  if (existsSync(PREBUILT)) return { code: await readFile(PREBUILT, 'utf8') };
  return bundleWorkflowCode({
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
};

export const startWorker = async ({
  catalog,
  temporal,
  channels,
  blobs,
  logger,
  notices = logger,
  metricsAddress,
  heartbeat,
  bundle,
}: WorkerOptions): Promise<RunningWorker> => {
  installRuntime({ logger, metricsAddress });
  const workflowBundle = bundle ?? (await bundleWorkflows(logger));
  const connection = await NativeConnection.connect(temporal.connectionOptions);
  const { namespace = 'default' } = temporal;
  const identity = workerIdentity({ pid: process.pid, host: hostname(), build: buildId() });
  const client = new Client({ connection, namespace });
  const { dependencies, close } = openDependencies({ catalog, client, channels, blobs, notices });
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
        identity,
        activities: activities[serves],
        ...(workflows && { workflowBundle }),
        maxConcurrentActivityTaskExecutions: slots,
        stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
        maxHeartbeatThrottleInterval: HEARTBEATS_AT_LEAST,
        shutdownGraceTime: SHUTDOWN_GRACE,
        shutdownForceTime: SHUTDOWN_FORCE,
      }),
    ),
  );

  const done = Promise.all(workers.map((worker) => worker.run())).then(() => {});
  const heart = heartbeat && startHeartbeat({ ...heartbeat, catalog, logger });
  const stop = async (): Promise<void> => {
    await heart?.stop();
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await done.catch(() => {});
    await Promise.allSettled([connection.close(), close()]);
  };
  // One queue without a worker would be a silent outage: when one fails, all stop and the process says so.
  done.catch(() => stop());
  return { done, stop };
};
