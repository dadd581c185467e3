// The instants that a run is measured by: its own beginning, and a cutoff for each step, all of one reading of the
// target's clock. As text: microseconds would not survive a JavaScript Date.
import type pg from 'pg';
import { isoSql } from '../../adapters/postgres/iso.ts';
import type { JobSnapshot } from '../../domain/jobs/job.ts';
import type { BatchedStep } from '../../domain/jobs/step.ts';
import type { CutStep } from '../preflight/preflight.ts';

export interface Cutoffs {
  readonly at: string;
  /** In the job's order. */
  readonly steps: readonly CutStep[];
}

/**
 * A cutoff that was asked for holds where it is older; a younger one would take rows that the declaration keeps. Only
 * steps over a selection have one.
 */
export const proposeCutoffs = async (
  db: pg.Pool,
  job: JobSnapshot,
  wanted: (step: string) => string | undefined,
): Promise<Cutoffs> => {
  const steps = job.steps.filter((step): step is BatchedStep => 'selection' in step);
  const { rows } = await db.query(
    `SELECT ${isoSql('n', 'microseconds')} AS at, array(
       SELECT ${isoSql('least(n - make_interval(secs => age), wanted::timestamptz)', 'microseconds')}
       FROM unnest($1::float8[], $2::text[]) WITH ORDINALITY given(age, wanted, place) ORDER BY place) AS cutoffs
     FROM (SELECT sexton.now() AS n) clock`,
    [
      steps.map(({ selection }) => selection.age.olderThanSeconds),
      steps.map(({ name }) => wanted(name) ?? null),
    ],
  );
  const { at, cutoffs } = rows[0];
  return { at, steps: steps.map((step, place) => ({ step, cutoff: cutoffs[place] })) };
};
