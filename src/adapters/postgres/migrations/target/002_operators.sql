-- Up Migration
-- What people asked of a run (hold) and of a resource (batch size). Every batch reads it in its own transaction and
-- nothing locks it, so that asking never waits behind a slice.
CREATE TABLE sexton.control (
  scope text NOT NULL CHECK (scope IN ('run', 'resource')),
  subject text NOT NULL,
  hold text CHECK (hold IN ('pause', 'stop')),
  batch_rows integer CHECK (batch_rows BETWEEN 1 AND 10000),
  by text NOT NULL,
  reason text,
  at timestamptz NOT NULL DEFAULT sexton.now(),
  PRIMARY KEY (scope, subject)
);

-- Objects that went, and rows that were set aside, in the transaction that counts them.
ALTER TABLE sexton.ledger
  ADD COLUMN objects integer NOT NULL DEFAULT 0 CHECK (objects >= 0),
  ADD COLUMN set_aside integer NOT NULL DEFAULT 0 CHECK (set_aside >= 0);

-- An object whose row is gone or cleared and that is to be deleted from its store once it is due.
CREATE TABLE sexton.tombstone (
  path text PRIMARY KEY,
  pack text NOT NULL,
  job text NOT NULL,
  step text NOT NULL,
  run_id text NOT NULL,
  marked_at timestamptz NOT NULL DEFAULT sexton.now(),
  not_before timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0
);
CREATE INDEX tombstone_due ON sexton.tombstone (pack, job, step, not_before);

-- Items that failed by themselves and wait for a person (SLA-07, SLA-22).
CREATE TABLE sexton.manual_resolution_queue (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  source_job text NOT NULL,
  resource_type text NOT NULL,
  resource_id text NOT NULL,
  failure_mode text NOT NULL,
  priority text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'resolved')),
  assigned_to text,
  created_at timestamptz NOT NULL DEFAULT sexton.now(),
  resolved_at timestamptz,
  resolution_note text,
  run_id text,
  error text
);
CREATE UNIQUE INDEX mrq_one_pending_per_item ON sexton.manual_resolution_queue (source_job, resource_id)
  WHERE status = 'pending';
CREATE INDEX idx_mrq_pending_created_at ON sexton.manual_resolution_queue (created_at) WHERE status = 'pending';
CREATE INDEX idx_mrq_resolved_at ON sexton.manual_resolution_queue (resolved_at);

-- A run says at most once that it took a lock over; `begin` may be tried again after any line.
CREATE UNIQUE INDEX audit_log_one_takeover ON sexton.audit_log (run_id) WHERE action = 'CLEANUP_LOCK_TAKEN_OVER';
