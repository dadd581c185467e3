// The actions of the audit log (SLA-20) and which of them end a run.
import type { EndState } from './run.ts';

export const AUDIT_ACTOR = 'system:cleanup';

/** Writes rows of runs that never were, to try the alerts with (SLA-98). */
export const SYNTHETIC_ACTOR = 'system:test';

/** Exactly one of these is written per run; a partial unique index holds it to that. */
export const TERMINAL_ACTIONS = [
  'CLEANUP_COMPLETED',
  'CLEANUP_FAILED',
  'CLEANUP_STOPPED',
  'CLEANUP_LOCK_SKIPPED',
  'CLEANUP_DRY_RUN',
] as const;

export type TerminalAction = (typeof TERMINAL_ACTIONS)[number];

/** The audit action that an ending is told by. A blocked run did not do its work, so it counts as failed. */
export const TERMINAL_ACTION_OF: Readonly<Record<EndState, TerminalAction>> = {
  completed: 'CLEANUP_COMPLETED',
  completedWithWarnings: 'CLEANUP_COMPLETED',
  failed: 'CLEANUP_FAILED',
  blocked: 'CLEANUP_FAILED',
  stopped: 'CLEANUP_STOPPED',
  skipped: 'CLEANUP_LOCK_SKIPPED',
};

/** What people do to runs and locks. SLA-20 names the last one; SLA-93 wants the third. */
export type ControlAction =
  | 'CLEANUP_PAUSED'
  | 'CLEANUP_RESUMED'
  | 'CLEANUP_BATCH_SIZE_SET'
  | 'CLEANUP_STOP_REQUESTED'
  | 'CLEANUP_APPROVAL_REQUESTED'
  | 'CLEANUP_APPROVED'
  | 'CLEANUP_LOCK_TAKEN_OVER'
  | 'CLEANUP_LOCK_RELEASED';
