-- Up Migration
-- The state of every full hour, and the state from before drafts were kept in Redis (DRAFT-06).
CREATE TABLE IF NOT EXISTS public.draft_snapshots (
  taken_at timestamptz PRIMARY KEY,
  total_drafts integer NOT NULL,
  unused_drafts integer NOT NULL,
  active_drafts integer NOT NULL,
  pollution_percentage numeric(5,2),
  redis_sessions integer
);

CREATE TABLE IF NOT EXISTS public.draft_baselines (
  label text PRIMARY KEY,
  total_drafts integer NOT NULL,
  unused_drafts integer NOT NULL,
  captured_at timestamptz NOT NULL
);
INSERT INTO public.draft_baselines VALUES ('pre-redis', 46, 26, '2025-11-08T00:00:00Z') ON CONFLICT DO NOTHING;
