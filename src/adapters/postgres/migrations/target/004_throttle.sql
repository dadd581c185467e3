-- Up Migration
-- When and why a run did not work although it could have: one row a hold, open until it ends, and one open row that
-- sums the short rests between batches (rested_ms). Throttled time is the sum of both.
CREATE TABLE sexton.hold (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text NOT NULL,
  probe text NOT NULL,
  reason text NOT NULL,
  slice integer NOT NULL,
  attempt integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT sexton.now(),
  ended_at timestamptz CHECK (ended_at >= started_at),
  rested_ms double precision CHECK (rested_ms >= 0)
);
CREATE INDEX hold_run_id ON sexton.hold (run_id);
CREATE INDEX hold_started_at ON sexton.hold (started_at);
CREATE UNIQUE INDEX hold_one_open ON sexton.hold (run_id, (rested_ms IS NULL)) WHERE ended_at IS NULL;

-- Each is told once, by whoever finds that it has ended.
CREATE UNIQUE INDEX audit_log_one_row_a_hold ON sexton.audit_log (run_id, (metadata ->> 'hold'))
  WHERE action = 'CLEANUP_THROTTLED';
