-- Up Migration
-- One row an attempt at a slice that the fence let in, written as it enters, so that a killed worker takes nothing along:
-- how often a run was tried, and how long its slices waited for a worker.
CREATE TABLE sexton.attempt (
  run_id text NOT NULL,
  slice integer NOT NULL,
  attempt integer NOT NULL,
  queued_ms double precision NOT NULL CHECK (queued_ms >= 0),
  at timestamptz NOT NULL DEFAULT sexton.now(),
  PRIMARY KEY (run_id, slice, attempt)
);

-- The ages by which Sexton's own rows are retired.
CREATE INDEX attempt_at ON sexton.attempt (at);
CREATE INDEX ledger_at ON sexton.ledger (at);
