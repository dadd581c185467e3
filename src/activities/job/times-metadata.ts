// A run's times as its ending tells them in the audit log, in whole milliseconds, and read back from there.
import type { RunTotals } from '../../domain/jobs/run.ts';
import type { RunTimes } from '../../domain/jobs/run-times.ts';

const NAMES = {
  workMs: 'work_ms',
  throttledMs: 'throttled_ms',
  pausedMs: 'paused_ms',
  waitingMs: 'waiting_ms',
  queuedMs: 'queued_ms',
  otherMs: 'other_ms',
  lockWaitMs: 'lock_wait_ms',
  approvalMs: 'approval_ms',
  walBytes: 'wal_bytes',
  locked: 'locked',
  attempts: 'attempts',
  historyEvents: 'history_events',
} as const;

type Named = keyof typeof NAMES;

/** Each only where it is known. */
export const timesMetadata = (
  known: {
    readonly [Name in Named]?: number | null | undefined;
  },
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(NAMES).flatMap(([name, told]) => {
      const value = known[name as Named];
      return typeof value === 'number' ? [[told, Math.round(value)]] : [];
    }),
  );

/** What an ending's metadata tells of them. */
export const readTimes = (
  metadata: Readonly<Record<string, unknown>>,
): RunTimes & Pick<Partial<RunTotals>, 'workMs' | 'walBytes' | 'locked'> =>
  Object.fromEntries(
    Object.entries(NAMES).flatMap(([name, told]) => {
      const value = metadata[told];
      return typeof value === 'number' ? [[name, value]] : [];
    }),
  );
