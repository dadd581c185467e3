-- Up Migration
-- What the pack's monitors, health checks and people ask of the drafts (DRAFT-08, DRAFT-26). The database's clock is the
-- only one; a draft of the future has age 0 (DRAFT-126).

-- The columns of Q1, not rounded.
CREATE OR REPLACE FUNCTION public.draft_state(retention interval DEFAULT '24 hours')
  RETURNS TABLE (total_drafts integer, unused_drafts integer, active_drafts integer, pollution_percentage numeric,
    created_last_hour integer, created_last_24h integer, pending_cleanup integer, snapshot_time timestamptz)
  LANGUAGE sql STABLE AS $$
  SELECT count(*)::int, count(*) FILTER (WHERE c.generation_status IS NULL)::int, count(c.generation_status)::int,
    100.0 * count(*) FILTER (WHERE c.generation_status IS NULL) / nullif(count(*), 0),
    count(*) FILTER (WHERE c.created_at > sexton.now() - interval '1 hour')::int,
    count(*) FILTER (WHERE c.created_at >= sexton.now() - interval '24 hours')::int,
    count(*) FILTER (WHERE c.generation_status IS NULL AND c.created_at < sexton.now() - retention)::int,
    sexton.now()
  FROM public.courses c WHERE c.status = 'draft'
$$;

CREATE OR REPLACE FUNCTION public.check_pending_cleanup(retention interval DEFAULT '24 hours')
  RETURNS TABLE (pending_count integer, oldest_created_at timestamptz, oldest_age_hours numeric)
  LANGUAGE sql STABLE AS $$
  SELECT count(*)::int, min(c.created_at), extract(epoch FROM sexton.now() - min(c.created_at)) / 3600
  FROM public.courses c
  WHERE c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < sexton.now() - retention
$$;

-- For emergencies, where no run can be started: the same predicate at once, in the caller's transaction (DRAFT-24). The
-- fence's row keeps it apart from a batch that is under way; a run that goes on afterwards finds nothing of it left.
CREATE OR REPLACE FUNCTION public.trigger_manual_cleanup(retention interval DEFAULT '24 hours', actor text DEFAULT session_user)
  RETURNS TABLE (deleted_count integer, deleted_ids uuid[], cutoff_time timestamptz)
  LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM sexton.fence WHERE resource = 'lock:cleanup:cleanup-old-drafts-hourly' FOR UPDATE;
  PERFORM set_config('draft_cleanup.manual', 'on', true);
  cutoff_time := sexton.now() - retention;
  WITH gone AS (
    DELETE FROM public.courses c
    WHERE c.status = 'draft' AND c.generation_status IS NULL AND c.created_at < cutoff_time
    RETURNING c.id, c.created_at
  ) SELECT coalesce(array_agg(g.id ORDER BY g.created_at, g.id), '{}') INTO deleted_ids FROM gone g;
  PERFORM set_config('draft_cleanup.manual', 'off', true);
  deleted_count := cardinality(deleted_ids);
  INSERT INTO sexton.audit_log (actor, action, resource_type, pack, metadata) VALUES (trigger_manual_cleanup.actor,
    'MANUAL_CLEANUP', 'course_draft', 'draft-cleanup', jsonb_build_object('job', 'cleanup-old-drafts-hourly',
      'trigger', 'manual', 'cutoff_time', cutoff_time, 'deleted_count', deleted_count,
      'deleted_ids', to_jsonb(deleted_ids[1:1000])));
  RETURN NEXT;
END $$;
