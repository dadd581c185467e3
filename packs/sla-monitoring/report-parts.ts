// What the pack's reports share: which jobs they are about, and how they put rows into words. Numbers in rows are
// unrounded; words round them as the cells beside them are.
import { type ReportInputDefinition, type ReportRow, roundHalfUp } from '../../src/index.ts';
import { WATCHED_JOBS } from './alerts.ts';

/** The jobs with their budgets, for `public.cleanup_runs` (migrations/005_cleanup_runs.sql). */
export const jobsInput: Readonly<Record<'jobs', ReportInputDefinition>> = { jobs: { kind: 'jobs' } };

/** A row a job that SLA-01 watches: Sexton's own history is nobody's cleanup. */
export const WATCHED = `(
      SELECT * FROM jsonb_to_recordset(:jobs) AS j (job text, resource_type text, budget_seconds double precision)
      WHERE job IN (${WATCHED_JOBS.map((job) => `'${job}'`).join(', ')})
    )`;

/** A cell that is a number; null where it is empty. */
export const numberIn = (row: ReportRow | undefined, column: string): number | null => {
  const value = row?.[column];
  return typeof value === 'number' ? value : null;
};

/** A cell that is a count; 0 where it is empty. */
export const countIn = (row: ReportRow | undefined, column: string): number => numberIn(row, column) ?? 0;

/** A cell as text. */
export const textIn = (row: ReportRow | undefined, column: string): string => `${row?.[column] ?? 'unknown'}`;

/** `16.7 %`; `nothing` where there is no figure. */
export const percent = (value: number | null): string =>
  value === null ? 'nothing' : `${roundHalfUp(value, 1)} %`;

/** `1 run`, `2 runs`. */
export const many = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;

/** Names of rows, for a sentence. */
export const listed = (rows: readonly ReportRow[], column: string): string =>
  rows.map((row) => textIn(row, column)).join(', ');

/** Age in hours of an item of the queue; one from the future counts as new (SLA-119). */
export const AGE_HOURS = `greatest(extract(epoch FROM sexton.now() - created_at), 0)::double precision / 3600`;
