// Watches a run until it ends. Figures come from the run row and the ledger, which know every batch the moment
// it is committed; the workflow hears of them only slice by slice.
import type { WorkflowHandle } from '@temporalio/client';
import type pg from 'pg';
import { readTotals } from '../../adapters/postgres/runs/ledger.ts';
import { type Progress, progressOf, type Sample, smoothRate } from '../../domain/jobs/progress.ts';
import type { RunResult } from '../../domain/jobs/run.ts';
import { utilization } from '../../domain/jobs/sla.ts';
import type { Unit } from './unit.ts';

/** `deleted` and `eligible` count what the run is followed by, rows or files. */
export interface Snapshot extends Progress {
  readonly deleted: number;
  readonly eligible: number;
  readonly utilizationPercent: number;
}

export interface FollowOptions {
  readonly handle: WorkflowHandle;
  readonly runId: string;
  readonly home: pg.Pool;
  readonly target: pg.Pool;
  readonly unit: Unit;
  readonly onProgress: (snapshot: Snapshot) => void;
  readonly everyMs: number;
}

/** Resolves with the run's result, or rejects as the workflow does. */
export const follow = async (options: FollowOptions): Promise<RunResult> => {
  const ended = options.handle.result() as Promise<RunResult>;
  const over = Promise.allSettled([ended]).then(() => true);
  const look = createLook(options);
  const tick = (): Promise<false> =>
    new Promise((resolve) => setTimeout(() => resolve(false), options.everyMs));
  while (!(await Promise.race([over, tick()]))) await look();
  await look();
  return ended;
};

const createLook = ({ home, target, unit, runId, onProgress }: FollowOptions): (() => Promise<void>) => {
  let before: Sample | undefined;
  let rate: number | undefined;
  return async () => {
    const { rows } = await home.query(
      `SELECT eligible::float8, budget_seconds AS "budgetSeconds",
         extract(epoch FROM coalesce(ended_at, sexton.now()) - started_at)::float8 AS seconds
       FROM sexton.run WHERE run_id = $1 AND eligible IS NOT NULL`,
      [runId],
    );
    const run = rows[0];
    if (!run) return;
    const totals = await readTotals(target, runId);
    const deleted = unit === 'files' ? totals.objects : totals.deleted;
    const now: Sample = { atMs: Date.now(), deleted };
    // The first sample is counted from nothing, so that a quick run has a rate at all.
    rate = smoothRate(rate, before ?? { atMs: now.atMs - run.seconds * 1000, deleted: 0 }, now);
    before = now;
    onProgress({
      deleted,
      eligible: run.eligible,
      utilizationPercent: utilization(run.seconds, run.budgetSeconds),
      ...progressOf(deleted, run.eligible, rate),
    });
  };
};
