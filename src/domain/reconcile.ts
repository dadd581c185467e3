// What reconcile is told and what it answers.

export interface ReconcileSettings {
  /** A run without an ending, and news that nobody handed over, are looked at once they are this old. */
  readonly waitedSeconds: number;
  /** How far back abnormal closes are looked for. */
  readonly closedWithinSeconds: number;
}

/** Design §5. */
export const RECONCILE_DEFAULTS: ReconcileSettings = { waitedSeconds: 15, closedWithinSeconds: 300 };

/** Pause between two looks (design §5). */
export const RECONCILE_EVERY_SECONDS = 30;

export interface ReconcileResult {
  /** Workflow ids of the escalations that were told of news, or started again. */
  readonly told: readonly string[];
  /** Runs that had closed before they were known. */
  readonly found: number;
  /** Workflow ids of runs that were given the ending they lacked. */
  readonly ended: readonly string[];
  /** Endings copied into the audit log. */
  readonly copied: number;
}
