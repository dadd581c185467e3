// What ended runs came to since the first one: rows that are still there, and what is kept of those that are retired. Dry
// runs do no work and are not counted.
import type { Queryable } from '../pool.ts';

export interface RunTotal {
  readonly pack: string;
  readonly job: string;
  /** A run's last state: completed, failed, skipped … */
  readonly outcome: string;
  readonly trigger: string;
  /** Rounded up; -1 where nobody knows. */
  readonly seconds: number;
  readonly runs: number;
  readonly deleted: number;
  readonly totalSeconds: number;
}

/** One row a job, outcome, trigger and whole second. */
export const readRunTotals = async (home: Queryable): Promise<readonly RunTotal[]> => {
  const { rows } = await home.query(
    `WITH every AS (
       SELECT pack, job, state, trigger, coalesce(ceil(duration_seconds), -1)::bigint AS seconds, count(*) AS runs,
         coalesce(sum(deleted), 0) AS deleted, coalesce(sum(duration_seconds), 0) AS total_seconds
       FROM sexton.run WHERE ended_at IS NOT NULL AND NOT dry_run GROUP BY 1, 2, 3, 4, 5
       UNION ALL SELECT pack, job, state, trigger, seconds, runs, deleted, total_seconds FROM sexton.retired_run
     )
     SELECT pack, job, state AS outcome, trigger, seconds::float8, sum(runs)::float8 AS runs,
       sum(deleted)::float8 AS deleted, sum(total_seconds)::float8 AS "totalSeconds"
     FROM every GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
  );
  return rows;
};
