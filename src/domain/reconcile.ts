// What reconcile is told and what it answers.

export interface ReconcileSettings {
  /** A run without an ending is looked at once it is this old. */
  readonly waitedSeconds: number;
  /** How far back abnormal closes are looked for. */
  readonly closedWithinSeconds: number;
}

/** Design §5. */
export const RECONCILE_DEFAULTS: ReconcileSettings = { waitedSeconds: 15, closedWithinSeconds: 300 };

/** Pause between two looks (design §5). */
export const RECONCILE_EVERY_SECONDS = 30;

export interface ReconcileResult {
  /** Runs that had closed before they were known. */
  readonly found: number;
  /** Workflow ids of runs that were given the ending they lacked. */
  readonly ended: readonly string[];
  /** Endings copied into the audit log. */
  readonly copied: number;
}
