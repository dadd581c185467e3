-- Up Migration
-- Who may delete: checked FOR SHARE inside every batch transaction (src/domain/jobs/fence.ts judges it).
CREATE TABLE sexton.fence (
  resource text NOT NULL,
  lane integer NOT NULL,
  run_id text NOT NULL,
  epoch bigint NOT NULL,
  slice integer NOT NULL DEFAULT 0,
  attempt integer NOT NULL DEFAULT 0,
  PRIMARY KEY (resource, lane)
);

-- What is gone: one row a batch, in the same transaction as its delete. Inserted plainly, never with
-- ON CONFLICT: a batch that was already committed must roll the second one back.
CREATE TABLE sexton.ledger (
  run_id text NOT NULL,
  step text NOT NULL,
  lane integer NOT NULL,
  seq integer NOT NULL,
  slice integer NOT NULL,
  attempt integer NOT NULL,
  pass integer NOT NULL,
  cursor jsonb,
  deleted integer NOT NULL CHECK (deleted >= 0),
  ms double precision NOT NULL,
  at timestamptz NOT NULL DEFAULT sexton.now(),
  PRIMARY KEY (run_id, step, lane, seq)
);

CREATE TABLE sexton.audit_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  actor text NOT NULL,
  action text NOT NULL,
  resource_type text NOT NULL,
  "timestamp" timestamptz NOT NULL DEFAULT sexton.now(),
  metadata jsonb NOT NULL DEFAULT '{}',
  pack text,
  run_id text
);
CREATE INDEX idx_audit_log_action_timestamp ON sexton.audit_log (action, "timestamp" DESC);
CREATE UNIQUE INDEX audit_log_one_start ON sexton.audit_log (run_id) WHERE action = 'CLEANUP_STARTED';
CREATE UNIQUE INDEX audit_log_one_ending ON sexton.audit_log (run_id) WHERE action IN
  ('CLEANUP_COMPLETED', 'CLEANUP_FAILED', 'CLEANUP_STOPPED', 'CLEANUP_LOCK_SKIPPED', 'CLEANUP_DRY_RUN');
CREATE UNIQUE INDEX audit_log_one_row_a_slice ON sexton.audit_log (run_id, (metadata ->> 'slice'))
  WHERE action = 'CLEANUP_BATCH_COMPLETED';

CREATE FUNCTION sexton.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sexton.audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION sexton.refuse_change();
