// Runs of jobs as an audit log tells them (SLA-24…31, SLA-116…119, SLA-127): one query builds them from start and ending
// rows.
import { SYNTHETIC_ACTOR } from '../../../domain/jobs/audit.ts';
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

/** A duration in the metadata that differs from the instants by more says something else than they do. */
const SAME_SECONDS = 5;

/** A number in the metadata; whatever else stands there is none. */
const number = (name: string): string =>
  `CASE WHEN jsonb_typeof(metadata -> '${name}') = 'number' THEN (metadata ->> '${name}')::float8 END`;

const ofEnding = (expression: string): string =>
  `(array_agg(${expression} ORDER BY at, id) FILTER (WHERE action <> 'CLEANUP_STARTED'))[1]`;

/** As its start tells it while the run goes on. */
const ofLatest = (name: string): string =>
  `(array_agg(${number(name)} ORDER BY action = 'CLEANUP_STARTED', at, id))[1]`;

/**
 * Told: what the log has of these jobs. Once: of rows that say the same, the earliest. A row's `metadata.job` wins over
 * what its resource type stands for; rows of the future are left out and counted.
 */
const RUNS = `
  wanted AS (
    SELECT * FROM unnest($2::text[], $3::text[], $4::float8[]) WITH ORDINALITY AS w (job, resource_type, budget, place)
  ), told AS (
    SELECT coalesce(a.metadata ->> 'job', w.job) AS job, coalesce(a.run_id, a.metadata ->> 'run_id') AS run_id,
      a.actor, a.resource_type, a.action, a."timestamp" AS at, a.metadata, a.id,
      a."timestamp" > sexton.now() + interval '5 minutes' AS future
    FROM sexton.audit_log a
    LEFT JOIN wanted w ON w.resource_type = a.resource_type AND NOT a.metadata ? 'job'
    WHERE a.action IN ('CLEANUP_STARTED', ${ENDINGS}) AND coalesce(a.pack, $1) = $1
      AND a."timestamp" > sexton.now() - interval '${LOOKBACK_DAYS} days'
  ), compared AS (
    SELECT *, CASE WHEN run_id IS NULL
        THEN at - lag(at) OVER (PARTITION BY job, run_id, action, actor, resource_type, metadata ORDER BY at, id)
          <= interval '1 second'
        ELSE row_number() OVER (PARTITION BY job, run_id, action ORDER BY at, id) > 1 END AS again
    FROM told WHERE NOT future
  ), runs AS (
    SELECT job, coalesce(run_id, 'row ' || id) AS run_id,
      min(at) FILTER (WHERE action = 'CLEANUP_STARTED') AS started,
      ${ofEnding('at')} AS ended, ${ofEnding('action')} AS ending,
      ${ofEnding(number('duration_seconds'))} AS duration,
      ${ofLatest('sla_budget_seconds')} AS told_budget,
      ${ofEnding(`metadata ->> 'error_code'`)} AS error_code,
      bool_or(actor = '${SYNTHETIC_ACTOR}' OR metadata ->> 'synthetic' = 'true') AS synthetic,
      jsonb_build_object(
        'records', ${ofEnding(number('records_processed'))}, 'batches', ${ofEnding(number('batches'))},
        'batchSize', ${ofLatest('batch_size')}, 'averageBatchMs', ${ofEnding(number('avg_batch_ms'))},
        'longestBatchMs', ${ofEnding(number('max_batch_ms'))},
        'lockWaitMs', ${ofLatest('lock_wait_ms')}) AS work
    FROM compared WHERE again IS NOT TRUE GROUP BY job, coalesce(run_id, 'row ' || id)
  )`;

const RUN = `r.run_id AS "runId", NULL::text AS "workflowId", ${isoSql('r.started', 'microseconds')} AS "startedAt",
  ${isoSql('r.ended', 'microseconds')} AS "endedAt", coalesce(w.budget, r.told_budget) AS "budgetSeconds",
  coalesce(w.budget <> r.told_budget, false) AS "budgetMismatch",
  r.error_code AS "errorCode", r.synthetic, r.work, coalesce(r.started > r.ended, false) AS "clockSkew",
  coalesce(r.started <= r.ended
    AND abs(extract(epoch FROM r.ended - r.started) - r.duration) > ${SAME_SECONDS}, false) AS "durationMismatch",
  CASE r.ending WHEN 'CLEANUP_COMPLETED' THEN 'succeeded' WHEN 'CLEANUP_FAILED' THEN 'failed'
    WHEN 'CLEANUP_STOPPED' THEN 'stopped' WHEN 'CLEANUP_LOCK_SKIPPED' THEN 'skipped' ELSE 'running' END AS state,
  CASE WHEN r.ended IS NULL THEN extract(epoch FROM sexton.now() - r.started)
    WHEN r.started <= r.ended THEN extract(epoch FROM r.ended - r.started) ELSE r.duration END::float8 AS seconds`;

export const readAuditedRuns = async (
  target: Queryable,
  { pack, jobs }: { readonly pack: string; readonly jobs: readonly AuditedJob[] },
): Promise<FoundJobs> => {
  const { rows } = await target.query(
    `WITH ${RUNS}
     SELECT ${isoSql('sexton.now()', 'microseconds')} AS "asOf", w.job, run.*, ${isoSql('first.at', 'microseconds')} AS "firstAt",
       (SELECT count(*)::int FROM told WHERE told.job = w.job AND future) AS "futureRows"
     FROM wanted w
     LEFT JOIN (SELECT job, min(coalesce(started, ended)) AS at FROM runs GROUP BY job) first ON first.job = w.job
     LEFT JOIN LATERAL (SELECT ${RUN} FROM runs r WHERE r.job = w.job
       ORDER BY coalesce(r.started, r.ended) DESC LIMIT ${MOST_RUNS}) run ON true
     ORDER BY w.place, coalesce(run."startedAt", run."endedAt") DESC`,
    [
      pack,
      jobs.map(({ job }) => job),
      jobs.map((each) => each.resourceType),
      jobs.map((each) => each.budgetSeconds),
    ],
  );
  return groupRuns(rows);
};
