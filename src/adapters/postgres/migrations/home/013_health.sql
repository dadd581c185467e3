-- Up Migration
-- What each tick of a health check found, whole as it was told and by check for reports. Samples of status and latency lie
-- beside those of monitors (sexton.series, measures `status` and `latency_ms`, label `check`).
CREATE TABLE sexton.health_report (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pack text NOT NULL,
  name text NOT NULL,
  tick timestamptz NOT NULL,
  at timestamptz NOT NULL DEFAULT sexton.now(),
  status text NOT NULL CHECK (status IN ('PASS', 'WARN', 'FAIL')),
  -- Who asked for it; null: its schedule.
  asked_by text,
  report jsonb NOT NULL,
  UNIQUE (pack, name, tick)
);
CREATE INDEX health_report_at ON sexton.health_report (at);

CREATE TABLE sexton.health_result (
  report bigint NOT NULL REFERENCES sexton.health_report (id) ON DELETE CASCADE,
  name text NOT NULL,
  -- Its line in the report, from 1.
  place integer NOT NULL,
  label text NOT NULL,
  status text NOT NULL CHECK (status IN ('PASS', 'WARN', 'FAIL')),
  latency_ms integer,
  error text,
  value double precision,
  PRIMARY KEY (report, name)
);
