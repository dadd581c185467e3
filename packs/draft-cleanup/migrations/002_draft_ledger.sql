-- Up Migration
-- One row per draft ever created; it outlives the draft (DRAFT-10). Without it every report about abandoned drafts would
-- see those of one day. Statements are followed as a whole, so that a batch costs one more statement, not one a row.
CREATE TABLE IF NOT EXISTS public.draft_ledger (
  course_id uuid PRIMARY KEY,
  organization_id uuid,
  user_id uuid,
  created_at timestamptz NOT NULL,
  -- First instant at which it was no longer unused. It is never taken back (DRAFT-127).
  used_at timestamptz,
  last_activity_at timestamptz NOT NULL,
  deleted_at timestamptz,
  -- cleanup: a run of the job. manual: trigger_manual_cleanup(). owner: anybody else.
  deleted_by text CHECK (deleted_by IN ('cleanup', 'manual', 'owner')),
  experiment_variant text
);
-- With what the reports count, so that a month of drafts is read from the index alone.
CREATE INDEX IF NOT EXISTS idx_draft_ledger_created_at ON public.draft_ledger (created_at)
  INCLUDE (used_at, last_activity_at);
CREATE INDEX IF NOT EXISTS idx_draft_ledger_used_at ON public.draft_ledger (used_at);

CREATE OR REPLACE FUNCTION public.draft_ledger_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    UPDATE public.draft_ledger l SET deleted_at = sexton.now(),
      deleted_by = CASE
        WHEN current_setting('draft_cleanup.manual', true) = 'on' THEN 'manual'
        WHEN coalesce(current_setting('sexton.run_id', true), '') <> '' THEN 'cleanup'
        ELSE 'owner' END
    FROM gone WHERE l.course_id = gone.id AND l.deleted_at IS NULL;
  ELSE
    -- A course that became something else has left the unused state too.
    IF TG_OP = 'UPDATE' THEN
      UPDATE public.draft_ledger l SET last_activity_at = greatest(l.last_activity_at, n.updated_at),
        used_at = coalesce(l.used_at, CASE WHEN n.generation_status IS NOT NULL OR n.status <> 'draft'
          THEN greatest(coalesce(n.generation_started_at, sexton.now()), l.created_at) END)
      FROM now_there n WHERE l.course_id = n.id;
    END IF;
    INSERT INTO public.draft_ledger AS l (course_id, organization_id, user_id, created_at, used_at, last_activity_at,
      experiment_variant)
    SELECT id, organization_id, user_id, created_at,
      CASE WHEN generation_status IS NOT NULL
        THEN greatest(coalesce(generation_started_at, sexton.now()), created_at) END,
      greatest(updated_at, created_at), experiment_variant
    FROM now_there WHERE status = 'draft'
    -- Written back after it was deleted: it is there again, with the history it had.
    ON CONFLICT (course_id) DO UPDATE SET deleted_at = NULL, deleted_by = NULL WHERE l.deleted_at IS NOT NULL;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER draft_ledger_inserted AFTER INSERT ON public.courses
  REFERENCING NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION public.draft_ledger_follow();
CREATE OR REPLACE TRIGGER draft_ledger_updated AFTER UPDATE ON public.courses
  REFERENCING NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION public.draft_ledger_follow();
CREATE OR REPLACE TRIGGER draft_ledger_deleted AFTER DELETE ON public.courses
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.draft_ledger_follow();

-- Drafts of before there was a ledger.
INSERT INTO public.draft_ledger (course_id, organization_id, user_id, created_at, used_at, last_activity_at,
  experiment_variant)
SELECT id, organization_id, user_id, created_at,
  CASE WHEN generation_status IS NOT NULL THEN greatest(coalesce(generation_started_at, updated_at), created_at) END,
  greatest(updated_at, created_at), experiment_variant
FROM public.courses WHERE status = 'draft' ON CONFLICT DO NOTHING;
