// Steps that are done at once instead of batch by batch, as plain data. Each is done exactly once as far as its ledger row
// can tell: a statement truly so, vacuum and requests at least once.
import type { SingleRequest } from './http-request.ts';

interface OneShot {
  readonly name: string;
  /** Name of the job's database, where the ledger row is written. */
  readonly database: string;
  readonly timeoutSeconds: number;
  /** After the last try: `warn` notes it and goes on, so that what comes before is not told as failed. */
  readonly ifFails: 'fail' | 'warn';
}

/** Outside of any transaction, one table after the other. Never `FULL`, which would lock them. */
export interface VacuumStep extends OneShot {
  readonly action: 'vacuum';
  readonly tables: readonly { readonly schema: string; readonly table: string }[];
  readonly analyze: boolean;
  /** Tables that somebody has locked are left out, with a warning, instead of waited for. */
  readonly skipLocked: boolean;
}

/** One statement in one transaction, together with its ledger row. */
export interface SqlStep extends OneShot {
  readonly action: 'sql';
  readonly sql: string;
}

/** One request, with an Idempotency-Key of run and step. */
export interface HttpStep extends OneShot {
  readonly action: 'http';
  readonly http: SingleRequest;
}

/** What a step, or a part of it, came to; written in its ledger row, the audit log and the run's end. */
export interface OneShotResult {
  /** Rows that a statement changed. */
  readonly rows?: number;
  /** Of the answer. */
  readonly status?: number;
  /** `schema.table`. */
  readonly table?: string;
  readonly ms?: number;
  /** Why the run ends with a warning. */
  readonly warning?: string;
}

/** With the step that it is of. */
export interface StepResult {
  readonly step: string;
  readonly result: OneShotResult;
}

export type OneShotStep = VacuumStep | SqlStep | HttpStep;
