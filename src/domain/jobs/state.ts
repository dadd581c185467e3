// What a run's `state` query answers: the figures an operator asks for, as plain JSON.

import type { Hold } from './control.ts';
import type { ApprovalRequest } from './guard.ts';
import type { Mishaps } from './mishaps.ts';
import type { RunState } from './run.ts';
import type { SlaState } from './sla.ts';

export interface JobState {
  readonly pack: string;
  readonly job: string;
  readonly runId: string;
  readonly state: RunState;
  readonly reason?: string;
  readonly dryRun: boolean;
  readonly startedAt?: string;
  readonly cutoff?: string;
  readonly strategy?: string;
  /** Why this strategy, in figures. */
  readonly because?: string;
  /** Only of a job with several: the step that it is at. */
  readonly step?: { readonly name: string; readonly place: number; readonly of: number };
  readonly eligible?: number;
  readonly eligibleIsEstimate?: boolean;
  /** As of the last slice; the ledger knows newer figures. */
  readonly deleted: number;
  readonly batches: number;
  readonly objects?: number;
  /** Items that failed by themselves and wait for a person. */
  readonly setAside?: number;
  /** Rows that other transactions held at the last look. */
  readonly locked?: number;
  readonly slice: number;
  readonly budgetSeconds: number;
  /** Share of the budget used, in percent, as of the last change of state or slice. */
  readonly utilizationPercent?: number;
  readonly sla: SlaState;
  /** Until nothing is left, at the rate of its slices so far; this and the next two as of the last slice. */
  readonly etaSeconds?: number;
  /** Share of the budget that it will have used by then, in percent. */
  readonly projectedUtilizationPercent?: number;
  readonly rowsPerSecond?: number;
  /** Who holds the run, and why. */
  readonly hold?: Hold;
  readonly batchRows?: number;
  /** While `waitingForApproval`: what an answer must name, and when nobody can give it any more. */
  readonly approval?: ApprovalRequest & { readonly expiresAt: string };
  /** While `waitingToRetry`: what failed, and when it is tried again. */
  readonly lastFailure?: string;
  readonly retryAt?: string;
  /** What befell the run so far and was made up for. */
  readonly mishaps?: Mishaps;
  /** While `throttled`: what keeps it from working, since when, and when it looks again. */
  readonly throttle?: { readonly reason: string; readonly since: string; readonly lookAt: string };
  /** Time in which it was kept from working, as of the last slice. */
  readonly throttledSeconds?: number;
}
