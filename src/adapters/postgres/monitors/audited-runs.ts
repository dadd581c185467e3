// Runs of jobs as an audit log tells them (SLA-24…27, SLA-116…119): one query builds them from start and ending rows.
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';
import { type FoundJobs, groupRuns, LOOKBACK_DAYS, MOST_RUNS } from './job-runs.ts';

/** A job by name, by what its rows are about where they do not name it, and its budget where one is declared. */
export interface AuditedJob {
  readonly job: string;
  readonly resourceType: string;
  readonly budgetSeconds: number | null;
}

const ENDINGS = "'CLEANUP_COMPLETED', 'CLEANUP_FAILED', 'CLEANUP_STOPPED', 'CLEANUP_LOCK_SKIPPED'";

/** A number in the metadata; whatever else stands there is none. */
const number = (name: string): string =>
  `CASE WHEN jsonb_typeof(metadata -> '${name}') = 'number' THEN (metadata ->> '${name}')::float8 END`;

const ofEnding = (expression: string): string =>
  `(array_agg(${expression} ORDER BY at, id) FILTER (WHERE action <> 'CLEANUP_STARTED'))[1]`;

/**
 * Told: what the log has of these jobs. Once: of rows that say the same, the earliest. A row's `metadata.job` wins over
 * what its resource type stands for; rows of the future are left out.
 */
const RUNS = `
  wanted AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::float8[]) WITH ORDINALITY AS w (job, resource_type, budget, place)
  ), told AS (
    SELECT coalesce(a.metadata ->> 'job', w.job) AS job, coalesce(a.run_id, a.metadata ->> 'run_id') AS run_id,
      a.action, a."timestamp" AS at, a.metadata, a.id
    FROM sexton.audit_log a
    LEFT JOIN wanted w ON w.resource_type = a.resource_type AND NOT a.metadata ? 'job'
    WHERE a.action IN ('CLEANUP_STARTED', ${ENDINGS}) AND coalesce(a.pack, $1) = $1
      AND a."timestamp" > sexton.now() - interval '${LOOKBACK_DAYS} days'
      AND a."timestamp" <= sexton.now() + interval '5 minutes'
  ), compared AS (
    SELECT *, CASE WHEN run_id IS NULL
        THEN at - lag(at) OVER (PARTITION BY job, run_id, action, metadata ORDER BY at, id) <= interval '1 second'
        ELSE row_number() OVER (PARTITION BY job, run_id, action ORDER BY at, id) > 1 END AS again
    FROM told
  ), runs AS (
    SELECT job, coalesce(run_id, 'row ' || id) AS run_id,
      min(at) FILTER (WHERE action = 'CLEANUP_STARTED') AS started,
      ${ofEnding('at')} AS ended, ${ofEnding('action')} AS ending,
      ${ofEnding(number('duration_seconds'))} AS duration,
      ${ofEnding(number('sla_budget_seconds'))} AS told_budget,
      ${ofEnding(`metadata ->> 'error_code'`)} AS error_code
    FROM compared WHERE again IS NOT TRUE GROUP BY job, coalesce(run_id, 'row ' || id)
  )`;

const RUN = `r.run_id AS "runId", NULL::text AS "workflowId", ${isoSql('r.started', 'microseconds')} AS "startedAt",
  ${isoSql('r.ended', 'microseconds')} AS "endedAt", coalesce(w.budget, r.told_budget) AS "budgetSeconds",
  r.error_code AS "errorCode", coalesce(r.started > r.ended, false) AS "clockSkew",
  CASE r.ending WHEN 'CLEANUP_COMPLETED' THEN 'succeeded' WHEN 'CLEANUP_FAILED' THEN 'failed'
    WHEN 'CLEANUP_STOPPED' THEN 'stopped' WHEN 'CLEANUP_LOCK_SKIPPED' THEN 'skipped' ELSE 'running' END AS state,
  CASE WHEN r.ended IS NULL THEN extract(epoch FROM sexton.now() - r.started)
    WHEN r.started <= r.ended THEN extract(epoch FROM r.ended - r.started) ELSE r.duration END::float8 AS seconds`;

export const readAuditedRuns = async (
  target: Queryable,
  {
    pack,
    jobs,
    most = MOST_RUNS,
  }: { readonly pack: string; readonly jobs: readonly AuditedJob[]; readonly most?: number },
): Promise<FoundJobs> => {
  const { rows } = await target.query(
    `WITH ${RUNS}
     SELECT ${isoSql('sexton.now()', 'microseconds')} AS "asOf", w.job, run.*, ${isoSql('first.at', 'microseconds')} AS "firstAt"
     FROM wanted w
     LEFT JOIN (SELECT job, min(coalesce(started, ended)) AS at FROM runs GROUP BY job) first ON first.job = w.job
     LEFT JOIN LATERAL (SELECT ${RUN} FROM runs r WHERE r.job = w.job
       ORDER BY coalesce(r.started, r.ended) DESC LIMIT $5) run ON true
     ORDER BY w.place, coalesce(run."startedAt", run."endedAt") DESC`,
    [
      pack,
      jobs.map(({ job }) => job),
      jobs.map((each) => each.resourceType),
      jobs.map((each) => each.budgetSeconds),
      most,
    ],
  );
  return groupRuns(rows);
};
