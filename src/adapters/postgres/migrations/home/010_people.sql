-- Up Migration
-- Somebody takes a rotation over for a while. Rows are never changed or deleted: one that was withdrawn says by whom and
-- when, so who was on call at any instant, and who decided it, can be told for ever.
CREATE TABLE sexton.on_call_override (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rotation text NOT NULL,
  person text NOT NULL,
  from_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL CHECK (until_at > from_at),
  made_by text NOT NULL CHECK (made_by <> ''),
  made_at timestamptz NOT NULL DEFAULT sexton.now(),
  reason text,
  withdrawn_by text,
  withdrawn_at timestamptz,
  CHECK ((withdrawn_by IS NULL) = (withdrawn_at IS NULL))
);
CREATE INDEX on_call_override_in_force ON sexton.on_call_override (rotation, until_at) WHERE withdrawn_at IS NULL;
