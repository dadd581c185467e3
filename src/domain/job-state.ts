// What a run's `state` query answers: the figures an operator asks for, as plain JSON.

import type { Hold } from './control.ts';
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
  readonly eligible?: number;
  readonly eligibleIsEstimate?: boolean;
  /** As of the last slice; the ledger knows newer figures. */
  readonly deleted: number;
  readonly batches: number;
  readonly objects?: number;
  /** Items that failed by themselves and wait for a person. */
  readonly setAside?: number;
  readonly slice: number;
  readonly budgetSeconds: number;
  /** Share of the budget used, in percent, as of the last change of state or slice. */
  readonly utilizationPercent?: number;
  readonly sla: SlaState;
  /** Who holds the run, and why. */
  readonly hold?: Hold;
  readonly batchRows?: number;
  /** While `waitingToRetry`: what failed, and when it is tried again. */
  readonly lastFailure?: string;
  readonly retryAt?: string;
}
