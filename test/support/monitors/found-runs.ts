// Runs as measures find them, for tests: by how long ago they began and how long they took.
import type { FoundRun } from '../../../src/domain/monitors/found-runs.ts';

export const NOW = '2026-02-10T12:00:00Z';
export const HOUR = 3600;

const ago = (seconds: number): string => new Date(Date.parse(NOW) - seconds * 1000).toISOString();

/** Began so long ago, took so long; without an end it goes on. */
export const ran = (
  startedAgo: number,
  seconds: number | undefined,
  change: Partial<FoundRun> = {},
): FoundRun => ({
  runId: `run of ${startedAgo}`,
  workflowId: `job/${startedAgo}`,
  startedAt: ago(startedAgo),
  endedAt: seconds === undefined ? null : ago(startedAgo - seconds),
  seconds: seconds ?? startedAgo,
  budgetSeconds: 3600,
  state: seconds === undefined ? 'running' : 'succeeded',
  ...change,
});

/** With so many records, and what else it tells of its work. */
export const worked = (records: number | null): Pick<FoundRun, 'work'> => ({
  work: {
    records,
    batches: 10,
    batchSize: 1000,
    averageBatchMs: 240,
    longestBatchMs: 900,
    lockWaitMs: 4,
  },
});

export const failed = (startedAgo: number, errorCode = 'BATCH_FAILED', seconds = 60): FoundRun =>
  ran(startedAgo, seconds, { state: 'failed', errorCode });
