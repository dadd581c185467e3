-- Up Migration
-- Runs of the pack's cleanup as its reports and monitors read them (DRAFT-06, DRAFT-07). Each row follows the audit log's
-- start and ending of the run, in the same transaction.
CREATE TABLE IF NOT EXISTS public.cleanup_jobs (
  jobname text PRIMARY KEY,
  -- Five cron fields, in UTC.
  schedule text NOT NULL,
  -- Whether Temporal's schedule is there and not paused, as the monitor draft-job found it last.
  active boolean NOT NULL DEFAULT true,
  next_run timestamptz,
  -- From when on its first run is awaited (DRAFT-123).
  registered_at timestamptz NOT NULL DEFAULT sexton.now(),
  checked_at timestamptz
);
INSERT INTO public.cleanup_jobs (jobname, schedule) VALUES ('cleanup-old-drafts-hourly', '0 * * * *') ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS public.job_runs (
  run_id text PRIMARY KEY,
  jobname text NOT NULL,
  -- The tick that a scheduled run is of; null of others.
  slot timestamptz,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  status text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'skipped')),
  trigger text NOT NULL CHECK (trigger IN ('schedule', 'manual', 'auto')),
  deleted_count integer NOT NULL DEFAULT 0,
  -- Why it failed. STOPPED: a person ended it, which is no failure of the job's.
  error text,
  -- Further runs of the same slot that were left out (DRAFT-125).
  duplicates integer NOT NULL DEFAULT 0,
  CONSTRAINT job_runs_one_a_slot UNIQUE (jobname, slot, trigger)
);
CREATE INDEX IF NOT EXISTS idx_job_runs_jobname_started_at ON public.job_runs (jobname, started_at DESC);

CREATE OR REPLACE FUNCTION public.job_runs_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  job text := NEW.metadata ->> 'job';
  -- A tick that is no full hour was not the schedule's own: somebody triggered it.
  tick timestamptz := (NEW.metadata ->> 'slot')::timestamptz;
  planned boolean := coalesce(NEW.metadata ->> 'trigger', '') = 'schedule' AND tick = date_trunc('hour', tick);
  outcome text := CASE NEW.action WHEN 'CLEANUP_STARTED' THEN 'running' WHEN 'CLEANUP_COMPLETED' THEN 'succeeded'
    WHEN 'CLEANUP_LOCK_SKIPPED' THEN 'skipped' ELSE 'failed' END;
  reason text := CASE NEW.action WHEN 'CLEANUP_FAILED' THEN coalesce(NEW.metadata ->> 'error_code', 'UNKNOWN')
    WHEN 'CLEANUP_STOPPED' THEN 'STOPPED' END;
  ended timestamptz := CASE WHEN outcome <> 'running' THEN NEW."timestamp" END;
  -- A run that failed before its start row began so long before its ending.
  began timestamptz := NEW."timestamp" - CASE WHEN outcome = 'running' THEN interval '0'
    ELSE make_interval(secs => coalesce((NEW.metadata ->> 'duration_seconds')::float8, 0)) END;
BEGIN
  UPDATE public.job_runs SET ended_at = ended, status = outcome, error = reason,
    deleted_count = coalesce((NEW.metadata ->> 'records_processed')::int, 0)
  WHERE run_id = NEW.run_id AND outcome <> 'running';
  IF FOUND THEN RETURN NULL; END IF;
  INSERT INTO public.job_runs (run_id, jobname, slot, started_at, ended_at, status, trigger, deleted_count, error)
  VALUES (NEW.run_id, job, CASE WHEN planned THEN tick END, began, ended, outcome,
    CASE WHEN planned THEN 'schedule' ELSE 'manual' END,
    coalesce((NEW.metadata ->> 'records_processed')::int, 0), reason)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND AND outcome <> 'skipped' THEN
    UPDATE public.job_runs SET duplicates = duplicates + 1
    WHERE jobname = job AND slot = tick AND trigger = 'schedule' AND planned AND run_id <> NEW.run_id;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER draft_cleanup_job_runs AFTER INSERT ON sexton.audit_log FOR EACH ROW
  WHEN (NEW.pack = 'draft-cleanup' AND NEW.run_id IS NOT NULL AND NEW.metadata ? 'job' AND NOT NEW.metadata ? 'dry_run'
    AND NEW.action IN ('CLEANUP_STARTED', 'CLEANUP_COMPLETED', 'CLEANUP_FAILED', 'CLEANUP_STOPPED', 'CLEANUP_LOCK_SKIPPED'))
  EXECUTE FUNCTION public.job_runs_follow();

-- Failures since the last success, the newest runs first; skipped and stopped ones count for nothing (DRAFT-61, DRAFT-124).
CREATE OR REPLACE FUNCTION public.cleanup_failure_streak(job text) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT count(*)::int FROM public.job_runs r
  WHERE r.jobname = job AND r.status = 'failed' AND r.error IS DISTINCT FROM 'STOPPED'
    AND r.started_at > coalesce((SELECT max(s.started_at) FROM public.job_runs s
      WHERE s.jobname = job AND s.status = 'succeeded'), '-infinity')
$$;

-- One row a cleanup job. Hours are not rounded here: limits are judged on what is, and shown with two decimals.
CREATE OR REPLACE VIEW public.cleanup_job_monitoring AS
  SELECT j.jobname, j.schedule, j.active, newest.started_at AS last_run,
    CASE WHEN j.active THEN CASE WHEN j.next_run > sexton.now() THEN j.next_run
      ELSE date_trunc('hour', sexton.now()) + interval '1 hour' END END AS next_run,
    -- greatest() alone would make 0 of a job that never ran.
    CASE WHEN newest.started_at IS NOT NULL
      THEN greatest(extract(epoch FROM sexton.now() - newest.started_at), 0) / 3600 END AS hours_since_last_run,
    coalesce(newest.status, 'never') AS last_status, newest.deleted_count AS last_deleted_count
  FROM public.cleanup_jobs j
  LEFT JOIN LATERAL (
    SELECT r.started_at, r.status, r.deleted_count FROM public.job_runs r
    WHERE r.jobname = j.jobname AND r.status <> 'skipped' ORDER BY r.started_at DESC LIMIT 1
  ) newest ON true;

-- The audit log under the name that DRAFT-06 fixes; another pack in this database may have made the same view.
CREATE OR REPLACE VIEW public.audit_log AS
  SELECT id, actor, action, resource_type, "timestamp", metadata FROM sexton.audit_log;
