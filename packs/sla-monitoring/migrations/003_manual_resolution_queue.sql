-- Up Migration
-- The queue under the name and with exactly the columns that SLA-07 fixes. The rows are the engine's: a simple view,
-- so that what is written here lands there, its defaults, its indexes (SLA-08) and its one pending row an item included.
CREATE VIEW public.manual_resolution_queue AS
  SELECT id, source_job, resource_type, resource_id, failure_mode, priority, status, assigned_to, created_at,
    resolved_at, resolution_note
  FROM sexton.manual_resolution_queue;
