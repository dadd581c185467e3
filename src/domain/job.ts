// What a job is, as plain data. A snapshot of it is the workflow's input, so what a run was told to do
// is in its history and editing a pack cannot change a run that is already under way.
import type { RuleSnapshot } from './alert.ts';
import type { EngineSettings } from './settings.ts';
import type { Severity } from './severity.ts';

/** Which rows are old enough to leave, and in which order they are looked at. */
export interface Selection {
  /** Name of a database of the pack; resolved to an address through config, never carried here. */
  readonly database: string;
  readonly schema: string;
  readonly table: string;
  /** Columns that identify a row, normally the primary key. */
  readonly key: readonly string[];
  /** A row is selected when `column` is before the run's cutoff: its start minus `olderThanSeconds`. */
  readonly age: { readonly column: string; readonly olderThanSeconds: number };
  /** Columns that the age index serves: the age column, then whatever makes the order unique. */
  readonly orderBy: readonly string[];
  /** Further condition, as SQL written by the pack. It must be boolean and not volatile. */
  readonly where?: string;
}

interface RowStep {
  readonly name: string;
  readonly selection: Selection;
  /** Rows of the first batch, and the most that any batch may hold unless an operator states another number. */
  readonly batchRows: number;
}

/** Rows leave in batches, each one transaction. */
interface DeleteStep extends RowStep {
  readonly action: 'delete';
}

/**
 * Objects leave a blob store. The row's transaction clears its path and writes a tombstone; the object follows once
 * the tombstone is due. So no row ever names an object that is gone, and no crash loses one that is to go.
 */
export interface BlobsStep extends RowStep {
  readonly action: 'blobs';
  readonly blobs: {
    /** Column that holds the object's path; cleared when the row is marked. Paths are never used again. */
    readonly column: string;
    /** Column that is given the instant of marking. */
    readonly deletedAt?: string;
    /** Time between marking and deletion, for readers that still hold the path. */
    readonly graceSeconds: number;
  };
}

export type StepSnapshot = DeleteStep | BlobsStep;

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
  readonly progress: { readonly deleted: number; readonly batches: number };
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
}

/** How a table is walked. Heap-order ranges come beside this one. */
type Strategy = 'age-index-windows';
