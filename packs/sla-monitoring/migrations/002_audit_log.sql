-- Up Migration
-- The audit log under the name and with exactly the columns that SLA-07 fixes. The rows are the engine's:
-- a simple view, so that what is written here lands there, its index (SLA-08) and its append-only rule included.
CREATE VIEW public.audit_log AS
  SELECT id, actor, action, resource_type, "timestamp", metadata FROM sexton.audit_log;
