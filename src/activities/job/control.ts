// What a person asks of a run, written where its batches read it. On the watch queue: asking never waits behind a slice.
import type pg from 'pg';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import {
  holdRun,
  readLastProgress,
  releaseRun,
  setBatchLimit,
} from '../../adapters/postgres/runs/control.ts';
import { type Hold, STUCK_AFTER_SECONDS } from '../../domain/jobs/control.ts';
import { type Dependencies, targetNamed } from '../dependencies.ts';
import { endHolds } from '../throttle/end-holds.ts';

/** As much of a run as its controls need; a snapshot would only fill the history. */
export interface ControlledRun {
  readonly pack: string;
  readonly job: string;
  readonly database: string;
  readonly resourceType: string;
  readonly lockKey: string;
  readonly runId: string;
}

type Deps = Pick<Dependencies, 'databases' | 'lock'>;

const targetOf = ({ databases }: Deps, { pack, database }: ControlledRun): pg.Pool =>
  targetNamed(databases, pack, database);

export interface HoldInput {
  readonly run: ControlledRun;
  readonly hold: Hold;
  /** Whatever the run's progress; only looked at for a stop. */
  readonly force?: boolean;
  /** Progress younger than this refuses a stop. Default STUCK_AFTER_SECONDS. */
  readonly stuckAfterSeconds?: number;
}

export interface HoldResult {
  readonly held: boolean;
  /** Why not: the run made progress at this instant. */
  readonly lastProgressAt?: string;
}

/** Holds a run from its next batch on. A stop is refused while the run makes progress (SLA-95). */
export const createHoldRun =
  (dependencies: Deps) =>
  ({ run, hold, force, stuckAfterSeconds = STUCK_AFTER_SECONDS }: HoldInput): Promise<HoldResult> =>
    inTransaction(targetOf(dependencies, run), async (tx) => {
      if (hold.kind === 'stop' && !force) {
        const progress = await readLastProgress(tx, run.runId);
        if (progress && progress.secondsAgo < stuckAfterSeconds)
          return { held: false, lastProgressAt: progress.at };
      }
      await holdRun(tx, run, hold);
      // From now on a person holds it, and not its throttle.
      await endHolds(tx, run, false);
      return { held: true };
    });

/** Lets a paused run go on. */
export const createReleaseRun =
  (dependencies: Deps) =>
  ({ run, ...who }: { readonly run: ControlledRun } & Pick<Hold, 'by' | 'reason'>): Promise<void> =>
    inTransaction(targetOf(dependencies, run), (tx) => releaseRun(tx, run, who));

export interface BatchSizeInput {
  readonly run: ControlledRun;
  readonly rows?: number;
  readonly declared: number;
  readonly by: string;
}

/** Sets the batch size of the run's resource (SLA-93). */
export const createSetBatchSize =
  (dependencies: Deps) =>
  ({
    run,
    rows,
    declared,
    by,
  }: BatchSizeInput): Promise<{ readonly before: number; readonly after: number }> =>
    inTransaction(targetOf(dependencies, run), (tx) =>
      setBatchLimit(tx, run, { resource: run.lockKey, rows, declared, by }),
    );

/** Before a wait without a known end: others may work meanwhile, and the next slice takes the lock anew. */
export const createLetGoOfLock =
  ({ lock }: Deps) =>
  ({ lockKey, runId }: ControlledRun): Promise<boolean> =>
    lock.releaseOwnedBy(lockKey, runId);
