-- Up Migration
-- One row a run, from its first activity to its end.
CREATE TABLE sexton.run (
  run_id text PRIMARY KEY,
  workflow_id text NOT NULL,
  pack text NOT NULL,
  job text NOT NULL,
  database text NOT NULL,
  resource_type text NOT NULL,
  lock_key text NOT NULL,
  trigger text NOT NULL CHECK (trigger IN ('schedule', 'manual')),
  requested_by text,
  dry_run boolean NOT NULL,
  state text NOT NULL DEFAULT 'running',
  reason text,
  started_at timestamptz NOT NULL DEFAULT sexton.now(),
  ended_at timestamptz,
  duration_seconds double precision,
  budget_seconds double precision NOT NULL,
  cutoff timestamptz,
  strategy text,
  eligible bigint,
  eligible_is_estimate boolean,
  deleted bigint,
  remaining bigint,
  batches integer,
  max_batch_ms double precision,
  avg_batch_ms double precision,
  lock_wait_ms double precision,
  error_code text,
  error_message text
);
CREATE INDEX run_open ON sexton.run (started_at) WHERE ended_at IS NULL;
CREATE INDEX run_by_job ON sexton.run (pack, job, started_at DESC);
CREATE INDEX run_by_workflow ON sexton.run (workflow_id);
CREATE INDEX run_ended ON sexton.run (ended_at);
