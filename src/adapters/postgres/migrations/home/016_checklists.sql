-- Up Migration
-- Checklists that people work through, by their workflow's first run; `snapshot` is the whole state, for lists and reports
-- after the history is gone.
CREATE TABLE sexton.checklist (
  run_id text PRIMARY KEY,
  workflow_id text NOT NULL,
  pack text NOT NULL,
  name text NOT NULL,
  title text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'waitingForSignOff', 'completed', 'abandoned')),
  snapshot jsonb NOT NULL,
  -- How much was said so far: an older state never goes over a newer one.
  changes integer NOT NULL,
  started_by text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX checklist_by_name ON sexton.checklist (pack, name, started_at DESC);

-- Who completed a step, when, and what they said; `sign off` is the sign-off.
CREATE TABLE sexton.checklist_step (
  run_id text NOT NULL REFERENCES sexton.checklist (run_id) ON DELETE CASCADE,
  step text NOT NULL,
  done_by text NOT NULL,
  done_at timestamptz NOT NULL,
  note text NOT NULL,
  PRIMARY KEY (run_id, step)
);

-- What people said of an incident with their answers (DRAFT-91): [{by, at, text}], in their order.
ALTER TABLE sexton.incident ADD COLUMN notes jsonb NOT NULL DEFAULT '[]';

-- Drills are found by their alert.
CREATE INDEX incident_drills ON sexton.incident (pack, (labels ->> 'alert'), number DESC) WHERE rule = 'drill';
