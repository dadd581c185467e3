// Work that lasts longer than a batch may: meanwhile Temporal is told that it goes on, the lock is kept, and a person's stop
// is looked for. Losing the lock to another owner, a stop and a cancellation call the work off.
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type pg from 'pg';
import { readHold } from '../../adapters/postgres/runs/control.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Hold } from '../../domain/jobs/control.ts';
import type { Tenure } from './tenure.ts';

/** Between two signs of life: far below any heartbeat timeout. */
const EVERY_MS = 1_500;

interface KeepAlive {
  readonly pool: pg.Pool;
  readonly runId: string;
  readonly tenure: Tenure;
  readonly beat: () => Promise<void> | void;
}

/** The work was called off before it was done. */
export interface CalledOff {
  readonly calledOff: true;
  /** Who stopped the run, where that is why. */
  readonly hold?: Hold;
}

/** `work` is expected to reject soon after its signal; what it returns in spite of it counts. */
export const keepingAlive = async <T>(
  { pool, runId, tenure, beat }: KeepAlive,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | CalledOff> => {
  const cancelled = Context.current().cancellationSignal;
  const over = new AbortController();
  const off = new AbortController();
  let lost: unknown;
  let hold: Hold | undefined;
  const watch = async (): Promise<void> => {
    for (;;) {
      await sleep(EVERY_MS, undefined, { signal: over.signal }).catch(() => {});
      if (over.signal.aborted) return;
      await beat();
      // Redis away, or a fence that this very work holds: the work goes on, and its last transaction asks the fence.
      await tenure.keep().catch((error: unknown) => {
        if (isLoss(error)) lost = error;
      });
      const asked = await readHold(pool, runId).catch(() => undefined);
      if (asked?.kind === 'stop') hold = asked;
      if (lost !== undefined || hold) off.abort();
    }
  };
  const watching = watch();
  try {
    return await work(AbortSignal.any([off.signal, cancelled]));
  } catch (error) {
    if (lost !== undefined) throw lost;
    if (hold) return { calledOff: true, hold };
    if (cancelled.aborted) return { calledOff: true };
    throw error;
  } finally {
    over.abort();
    await watching;
  }
};

/** Somebody else goes on. */
const isLoss = (error: unknown): boolean =>
  error instanceof ApplicationFailure &&
  (error.type === FAILURE_TYPES.lockTaken || error.type === FAILURE_TYPES.superseded);
