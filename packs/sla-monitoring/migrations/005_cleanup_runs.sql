-- Up Migration
-- The number under a name in an audit row's metadata; whatever else stands there is none.
CREATE FUNCTION public.audit_figure(metadata jsonb, name text) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN jsonb_typeof(metadata -> name) = 'number' THEN (metadata ->> name)::double precision END;

-- Runs as the audit log tells them (SLA-25, SLA-116 to SLA-119): those that ended, or go on, since then. `jobs` is a list of
-- {job, resource_type, budget_seconds}. Reports, panels and people ask it; monitors build the same runs by a statement of the
-- engine's own, and a test holds both to the same figures. Dry runs are none, and rows of the future are left out.
CREATE FUNCTION public.cleanup_runs(jobs jsonb, since timestamptz)
  RETURNS TABLE (
    job text, run_id text, started_at timestamptz, ended_at timestamptz, outcome text, duration_seconds double precision,
    budget_seconds double precision, utilization_percent double precision, records double precision,
    throughput_per_hour double precision, batches double precision, batch_size double precision,
    avg_batch_ms double precision, max_batch_ms double precision, lock_wait_ms double precision, error_code text,
    error_message text, synthetic boolean
  )
  LANGUAGE sql STABLE AS $$
  WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(jobs) AS w (job text, resource_type text, budget_seconds double precision)
  ), told AS (
    -- What a row says of its job wins over what its resource type stands for. A run may have begun long before it ended.
    SELECT coalesce(a.metadata ->> 'job', w.job) AS job, coalesce(a.run_id, a.metadata ->> 'run_id') AS run_id,
      a.action, a.resource_type, a.actor, a."timestamp" AS at, a.metadata, a.id
    FROM sexton.audit_log a
    LEFT JOIN wanted w ON w.resource_type = a.resource_type AND NOT a.metadata ? 'job'
    WHERE a.action IN ('CLEANUP_STARTED', 'CLEANUP_COMPLETED', 'CLEANUP_FAILED', 'CLEANUP_STOPPED', 'CLEANUP_LOCK_SKIPPED')
      AND (a.pack = 'sla-monitoring' OR a.pack IS NULL)
      AND a."timestamp" > since - interval '2 days' AND a."timestamp" <= sexton.now() + interval '5 minutes'
  ), compared AS (
    -- Of rows that say the same, the earliest counts.
    SELECT *, CASE WHEN run_id IS NULL
        THEN at - lag(at) OVER (PARTITION BY job, run_id, action, resource_type, actor, metadata ORDER BY at, id)
          <= interval '1 second'
        ELSE row_number() OVER (PARTITION BY job, run_id, action ORDER BY at, id) > 1 END AS again
    FROM told
  ), paired AS (
    SELECT job, coalesce(run_id, 'row ' || id) AS run_id, min(at) FILTER (WHERE action = 'CLEANUP_STARTED') AS started,
      (array_agg(at ORDER BY at, id) FILTER (WHERE action <> 'CLEANUP_STARTED'))[1] AS ended,
      (array_agg(action ORDER BY at, id) FILTER (WHERE action <> 'CLEANUP_STARTED'))[1] AS ending,
      (array_agg(metadata ORDER BY at, id) FILTER (WHERE action <> 'CLEANUP_STARTED'))[1] AS said,
      (array_agg(metadata ORDER BY action = 'CLEANUP_STARTED', at, id))[1] AS latest,
      bool_or(actor = 'system:test' OR coalesce(metadata ->> 'synthetic', '') = 'true') AS synthetic
    FROM compared WHERE again IS NOT TRUE GROUP BY job, coalesce(run_id, 'row ' || id)
  ), known AS (
    SELECT p.*, coalesce(w.budget_seconds, public.audit_figure(latest, 'sla_budget_seconds')) AS budget
    FROM paired p JOIN wanted w USING (job)
  ), judged AS MATERIALIZED (
    -- Nobody holds the right to delete for it any more, and twice its budget is over: it was lost at that instant.
    SELECT *, ended IS NULL AND sexton.now() > started + make_interval(secs => 2 * budget) AND NOT EXISTS (
      SELECT FROM sexton.fence f WHERE f.run_id = known.run_id AND f.slice <> 2147483647) AS lost
    FROM known
  ), timed AS (
    SELECT *, CASE WHEN lost THEN started + make_interval(secs => 2 * budget) ELSE ended END AS closed,
      CASE WHEN lost THEN 2 * budget
        WHEN ended IS NULL THEN extract(epoch FROM sexton.now() - started)
        WHEN started <= ended THEN extract(epoch FROM ended - started)
        ELSE public.audit_figure(said, 'duration_seconds') END::double precision AS seconds,
      public.audit_figure(said, 'records_processed') AS taken
    FROM judged
  )
  SELECT job, run_id, started, closed,
    CASE WHEN lost THEN 'failed' WHEN ending IS NULL THEN 'running' WHEN ending = 'CLEANUP_COMPLETED' THEN 'completed'
      WHEN ending = 'CLEANUP_FAILED' THEN 'failed' WHEN ending = 'CLEANUP_STOPPED' THEN 'stopped' ELSE 'skipped' END,
    seconds, budget, seconds / nullif(budget, 0) * 100, taken, taken / nullif(seconds / 3600, 0),
    public.audit_figure(said, 'batches'), public.audit_figure(latest, 'batch_size'),
    public.audit_figure(said, 'avg_batch_ms'), public.audit_figure(said, 'max_batch_ms'),
    public.audit_figure(latest, 'lock_wait_ms'),
    CASE WHEN lost THEN 'RUN_LOST' ELSE said ->> 'error_code' END, said ->> 'error_message', synthetic
  FROM timed WHERE coalesce(closed, sexton.now()) > since
$$;
