// What people may ask of a run that goes on, and what they are answered.
import type { RunState } from './run.ts';

/** A run that is not to start another batch: until it is resumed, or for good. */
export interface Hold {
  readonly kind: 'pause' | 'stop';
  readonly by: string;
  readonly reason?: string;
}

/** Without progress for this long a run may be stopped; before, only by force and with a reason (SLA-90, SLA-95). */
export const STUCK_AFTER_SECONDS = 600;

/** Limits of a batch size that a person may set (SLA-93). */
export const BATCH_ROWS = { least: 1, most: 10_000 } as const;

/** Items that one run may set aside where its job says nothing; beyond, what fails is not the items (design §6.7). */
export const MAX_SET_ASIDE = 100;

/** What each of a run's updates returns: the state after it, in words that an operator can act on. */
export interface RunAnswer {
  readonly runId: string;
  readonly job: string;
  readonly state: RunState;
  readonly by: string;
  readonly next: string;
  /** Only of `setBatchSize`. */
  readonly batchRows?: { readonly before: number; readonly after: number };
}

/** `stopped by ana: the table is locked`. */
export const holdWords = ({ kind, by, reason }: Hold): string =>
  `${kind === 'pause' ? 'paused' : 'stopped'} by ${by}${reason ? `: ${reason}` : ''}`;
