// Which queue serves what, and how much of it at once. One queue a failure domain, never one a job.
import type { CatalogDatabase } from '../catalog/catalog.ts';
import {
  cleanupQueue,
  NOTIFY_QUEUE,
  ORCHESTRATION_QUEUE,
  RECONCILE_QUEUE,
  WATCH_QUEUE,
} from '../domain/ids.ts';

export interface QueueSpec {
  readonly taskQueue: string;
  readonly serves: 'job' | 'cleanup' | 'watch' | 'notify' | 'reconcile';
  readonly workflows: boolean;
  /** Activities at once in this worker process. */
  readonly slots: number;
}

/** Slices at once per target database: the bottleneck is the database, not this host. */
const SLICES_PER_DATABASE = 2;

export const queueTable = (databases: readonly CatalogDatabase[]): readonly QueueSpec[] => [
  { taskQueue: ORCHESTRATION_QUEUE, serves: 'job', workflows: true, slots: 20 },
  { taskQueue: WATCH_QUEUE, serves: 'watch', workflows: false, slots: 20 },
  { taskQueue: NOTIFY_QUEUE, serves: 'notify', workflows: false, slots: 50 },
  { taskQueue: RECONCILE_QUEUE, serves: 'reconcile', workflows: true, slots: 1 },
  ...databases.map(({ pack, name }) => ({
    taskQueue: cleanupQueue(pack, name),
    serves: 'cleanup' as const,
    workflows: false,
    slots: SLICES_PER_DATABASE,
  })),
];
