// Runs of jobs as measures look at them: from Sexton's own rows in the home database.
import type { FoundRun, RunsOfJob } from '../../../domain/monitors/found-runs.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

/** What is older says nothing of how a job does now. */
export const LOOKBACK_DAYS = 30;

/** The most runs of a job that are looked at: a day of one that runs every minute, and some. */
export const MOST_RUNS = 2000;

export interface FoundJobs {
  /** The database's clock. */
  readonly asOf: string;
  readonly jobs: readonly RunsOfJob[];
}

/** A row a run, and one without a run for a job that has none. */
type Row = RunsOfJob & FoundRun & { readonly asOf: string };

/** Rows in the order of the jobs that were asked for, each job's runs the newest first. */
export const groupRuns = (rows: readonly Row[]): FoundJobs => {
  const jobs = new Map<
    string,
    { job: string; runs: FoundRun[]; firstAt: string | null; futureRows?: number }
  >();
  for (const { asOf: _, job, firstAt, futureRows, ...run } of rows) {
    const entry = jobs.get(job) ?? {
      job,
      runs: [],
      firstAt,
      ...(futureRows !== undefined && { futureRows }),
    };
    if (run.runId !== null) entry.runs.push(run);
    jobs.set(job, entry);
  }
  return { asOf: rows[0]?.asOf ?? '', jobs: [...jobs.values()] };
};

const STATE = `CASE WHEN ended_at IS NULL THEN 'running'
  WHEN state IN ('completed', 'completedWithWarnings') THEN 'succeeded'
  WHEN state IN ('failed', 'blocked') THEN 'failed' ELSE state END`;

const RUN = `run_id AS "runId", workflow_id AS "workflowId", ${isoSql('started_at', 'microseconds')} AS "startedAt",
  ${isoSql('ended_at', 'microseconds')} AS "endedAt", budget_seconds AS "budgetSeconds", error_code AS "errorCode",
  ${STATE} AS state, jsonb_build_object('records', deleted, 'batches', batches, 'batchSize', NULL,
    'averageBatchMs', avg_batch_ms, 'longestBatchMs', max_batch_ms, 'lockWaitMs', lock_wait_ms) AS work,
  coalesce(duration_seconds, extract(epoch FROM sexton.now() - started_at))::float8 AS seconds`;

/** Instants are exact, as the runs' own reports name them. */
export const readRunsOfJobs = async (
  home: Queryable,
  { pack, jobs }: { readonly pack: string; readonly jobs: readonly string[] },
): Promise<FoundJobs> => {
  const { rows } = await home.query(
    `SELECT ${isoSql('sexton.now()', 'microseconds')} AS "asOf", wanted.job, run.*,
       (SELECT ${isoSql('min(started_at)', 'microseconds')} FROM sexton.run f
        WHERE f.pack = $1 AND f.job = wanted.job AND NOT f.dry_run) AS "firstAt"
     FROM unnest($2::text[]) WITH ORDINALITY AS wanted (job, place)
     LEFT JOIN LATERAL (
       SELECT ${RUN} FROM sexton.run r WHERE r.pack = $1 AND r.job = wanted.job AND NOT dry_run
         AND started_at > sexton.now() - interval '${LOOKBACK_DAYS} days'
       ORDER BY started_at DESC LIMIT ${MOST_RUNS}) run ON true
     ORDER BY wanted.place, run."startedAt" DESC`,
    [pack, jobs],
  );
  return groupRuns(rows);
};

/** What home knows of a run that a log tells of. */
export interface KnownRun {
  /** It goes on. */
  readonly open: boolean;
  /** The budget that a person may have given it; null of a run that nobody started by hand. */
  readonly givenSeconds: number | null;
}

export const readKnownAmong = async (
  home: Queryable,
  runIds: readonly string[],
): Promise<ReadonlyMap<string, KnownRun>> => {
  const { rows } = await home.query(
    `SELECT run_id AS "runId", ended_at IS NULL AS open,
       CASE WHEN trigger = 'manual' THEN budget_seconds END AS "givenSeconds"
     FROM sexton.run WHERE run_id = ANY($1)`,
    [runIds],
  );
  return new Map(rows.map(({ runId, ...known }) => [runId, known]));
};
