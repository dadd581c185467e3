// The states a run can be in, and how it can end.
import type { OverLimit } from './guard.ts';
import type { StepResult } from './one-shot.ts';
import type { OrphansPreview } from './orphans.ts';
import type { RunTimes } from './run-times.ts';

/** States of a run that goes on. */
const OPEN_STATES = ['running', 'paused', 'throttled', 'waitingToRetry', 'waitingForApproval'] as const;
/** States that a run ends in. */
export const END_STATES = [
  'completed',
  'completedWithWarnings',
  'failed',
  'stopped',
  'skipped',
  'blocked',
] as const;

type OpenState = (typeof OPEN_STATES)[number];
export type EndState = (typeof END_STATES)[number];
export type RunState = OpenState | EndState;

/** How a run ended; `reason` and `error` say why wherever it did not simply complete. */
export interface Ending {
  readonly state: EndState;
  readonly reason?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What a run did, counted from the ledger and the table, never from memory. */
export interface RunTotals {
  /** Rows that left the selection: deleted, or marked where their object is what goes. */
  readonly deleted: number;
  /** Objects that left their store; absent in results of before there were any. */
  readonly objects?: number;
  /** Items that failed by themselves and wait in the manual resolution queue. */
  readonly setAside?: number;
  /** Rows that other transactions held at the last look, and that stayed. */
  readonly locked?: number;
  /** Time in batches. */
  readonly workMs?: number;
  /** WAL that the server wrote during batches, that of other sessions included. */
  readonly walBytes?: number;
  readonly batches: number;
  readonly maxBatchMs: number;
  readonly avgBatchMs: number;
}

/** Result of the `job` workflow. */
export interface RunResult extends RunTotals, RunTimes {
  readonly runId: string;
  readonly state: EndState;
  readonly reason?: string;
  readonly cutoff?: string;
  readonly eligible: number;
  readonly remaining: number;
  /** What its one-shot steps came to; absent in results of before there were any. */
  readonly results?: readonly StepResult[];
  /** Objects that wait for their grace to end; a later run deletes them. */
  readonly objectsWaiting?: number;
  /** How long the oldest object has been due that is still to be deleted; 0 where none is. */
  readonly oldestTombstoneSeconds?: number;
  readonly durationSeconds: number;
  readonly utilizationPercent: number;
}

/** Result of a dry run (SLA-19): `sample` holds at most 20 keys. */
export interface DryRunResult {
  readonly runId: string;
  readonly dryRun: true;
  readonly would_delete: number;
  /** The rows could not be counted, in time or at all: the planner's estimate stands in. */
  readonly would_delete_is_estimate?: true;
  /** Steps that take more than the job's guard lets through: a run would wait for a person's approval. */
  readonly needs_approval?: readonly OverLimit[];
  /** Objects that no row names, of each step that looks for them. */
  readonly orphans?: readonly OrphansPreview[];
  readonly sample: readonly Readonly<Record<string, string>>[];
  readonly cutoff: string;
}
