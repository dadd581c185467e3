// When a schedule runs, field by field as cron has it.

/** Every value that each field allows, ascending. */
export interface Calendar {
  readonly minute: readonly number[];
  readonly hour: readonly number[];
  readonly dayOfMonth: readonly number[];
  /** From 1. */
  readonly month: readonly number[];
  /** From 0 (Sunday). */
  readonly dayOfWeek: readonly number[];
}
