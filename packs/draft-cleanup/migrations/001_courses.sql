-- Up Migration
-- Courses and organizations as far as the pack reads them (DRAFT-06). Where the application has them already, they stay
-- as they are and get what is missing.
CREATE TABLE IF NOT EXISTS public.organizations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT sexton.now()
);

CREATE TABLE IF NOT EXISTS public.courses (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid,
  user_id uuid,
  title text,
  status text NOT NULL DEFAULT 'draft',
  generation_status text,
  created_at timestamptz NOT NULL DEFAULT sexton.now(),
  updated_at timestamptz NOT NULL DEFAULT sexton.now(),
  generation_started_at timestamptz,
  experiment_variant text
);
ALTER TABLE public.courses
  ADD COLUMN IF NOT EXISTS organization_id uuid,
  ADD COLUMN IF NOT EXISTS user_id uuid,
  ADD COLUMN IF NOT EXISTS title text,
  ADD COLUMN IF NOT EXISTS updated_at timestamptz NOT NULL DEFAULT sexton.now(),
  ADD COLUMN IF NOT EXISTS generation_started_at timestamptz,
  ADD COLUMN IF NOT EXISTS experiment_variant text;

-- What the job takes, in the order in which it takes it; what is pending (DRAFT-09).
CREATE INDEX IF NOT EXISTS idx_courses_unused_drafts ON public.courses (created_at, id)
  WHERE status = 'draft' AND generation_status IS NULL;
-- All drafts, few among many courses: state and ages are read from the index alone.
CREATE INDEX IF NOT EXISTS idx_courses_drafts ON public.courses (created_at) INCLUDE (generation_status, organization_id)
  WHERE status = 'draft';
CREATE INDEX IF NOT EXISTS idx_courses_organization_status ON public.courses (organization_id, status);
