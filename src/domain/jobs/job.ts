// What a job is, as plain data. A snapshot of it is the workflow's input, so what a run was told to do
// is in its history and editing a pack cannot change a run that is already under way.
import type { RuleSnapshot } from '../alerts/alert.ts';
import type { Severity } from '../alerts/severity.ts';
import type { EngineSettings } from '../settings.ts';
import type { Sight } from './foresight.ts';
import type { Guard } from './guard.ts';
import type { Mishaps } from './mishaps.ts';
import type { RunWaits } from './run-times.ts';
import type { StepSnapshot, Strategy } from './step.ts';
import type { ThrottleSnapshot } from './throttle.ts';

/** What a run says of itself while it crosses a line. */
export interface Band {
  readonly severity: Severity;
  readonly severityWord: string;
  /** The band's name, e.g. `sla_breach_warning`; not part of the alert's fingerprint. */
  readonly alertType: string;
  readonly recommendedAction: string;
  readonly runbook?: string;
}

export interface JobAlerts {
  /** Fires in the highest band that the share of budget used is strictly above. Bands in ascending order. */
  readonly budget?: {
    readonly rule: RuleSnapshot;
    readonly bands: readonly (Band & { readonly abovePercent: number })[];
  };
  /** Fires when a run fails or is blocked; the next run that completes ends it. */
  readonly failure?: { readonly rule: RuleSnapshot; readonly band: Band };
}

export interface JobSnapshot {
  /** Version of this shape; readers accept every earlier one. */
  readonly v: 1;
  readonly pack: string;
  readonly name: string;
  readonly summary: string;
  /** Role that answers for the job. */
  readonly owner: string;
  /** `audit_log.resource_type` of its rows (SLA-09). */
  readonly resourceType: string;
  readonly lockKey: string;
  readonly budgetSeconds: number;
  /** Address, or bare name where no RUNBOOK_BASE_URL is set, of what to do when it goes wrong. */
  readonly runbook?: string;
  readonly steps: readonly [StepSnapshot, ...StepSnapshot[]];
  readonly settings: EngineSettings;
  /** Absent in snapshots of before there were alerts; such a run tells nobody. */
  readonly alerts?: JobAlerts;
  /** Absent in snapshots of before there were throttles; nothing holds such a run but a person. */
  readonly throttle?: ThrottleSnapshot;
  /** How much a run may take without approval; absent in snapshots of before it had to be asked. */
  readonly guard?: Guard;
  /** Items that a run may set aside; the default where absent. */
  readonly maxPoison?: number;
  /** Progress younger than this refuses a stop without force; ten minutes where absent. */
  readonly stuckAfterSeconds?: number;
  /** So many ids of deleted rows stand in the ending's audit row; none where absent. */
  readonly auditIds?: number;
  /** Monitors of the pack that are evaluated once a run has ended; none where absent. */
  readonly evaluates?: readonly string[];
}

/** Why a run exists and how it differs from the declaration. Everything may be left out in hand-written JSON. */
export interface RunRequest {
  readonly trigger?: 'schedule' | 'manual' | 'retry';
  /** Id of the failed run that this one makes good for. */
  readonly retryOf?: string;
  /** Stands in for a cutoff of the run's own: that of the run it makes good for. */
  readonly cutoff?: string;
  /** The person behind a manual run. */
  readonly by?: string;
  /** Select and count, delete nothing (SLA-19). */
  readonly dryRun?: boolean;
  /** Stands in for the declared budget. */
  readonly budgetSeconds?: number;
  /** Upper limit in rows per second; the wait falls between transactions, never inside one. */
  readonly rowsPerSecond?: number;
}

/** Input of the `job` workflow. */
export interface JobInput {
  readonly job: JobSnapshot;
  readonly request?: RunRequest;
  /** Present only when the run continued as new. */
  readonly carried?: Carried;
}

/** What a run takes along when it continues as new: little, because the ledger is the truth. */
interface Carried {
  readonly plan: RunPlan;
  readonly lastSlice: number;
  /** The step that the run was at; the first one where it is absent. */
  readonly step?: string;
  readonly progress: { readonly deleted: number; readonly batches: number };
  readonly mishaps?: Mishaps;
  readonly waits?: RunWaits;
  /** Events in the histories of earlier executions. */
  readonly historyEvents?: number;
  readonly sight?: Sight;
}

/** What `begin` fixed for the whole run. */
export interface RunPlan {
  readonly runId: string;
  /** Instant by the target database's clock, ISO-8601. */
  readonly startedAt: string;
  /** Rows whose age column is before this instant are selected; the same for every batch (SLA-18). */
  readonly cutoff: string;
  readonly epoch: number;
  /** The lock's whole value, compared by extend and release. */
  readonly lockValue: string;
  readonly lockWaitMs: number;
  readonly eligible: number;
  /** True where counting would have taken too long and the planner's estimate stands in. */
  readonly eligibleIsEstimate: boolean;
  readonly strategy: Strategy;
  /** By the step's name; absent in plans of before a job could have several. */
  readonly steps?: Readonly<Record<string, StepPlan>>;
}

/** What `begin` fixed for one step. */
export interface StepPlan {
  readonly cutoff: string;
  readonly strategy: Strategy;
  /** Why this strategy, in figures. */
  readonly because: string;
  readonly eligible: number;
  readonly eligibleIsEstimate: boolean;
}

/** The cutoff and strategy of a step; those of the whole run where its plan knows no steps. */
export const stepPlan = (
  { cutoff, strategy, steps }: RunPlan,
  name: string,
): Pick<StepPlan, 'cutoff' | 'strategy'> => steps?.[name] ?? { cutoff, strategy };
