-- Up Migration
-- The tables that the pack's jobs clean, and the indexes that serve their ages (SLA-07, SLA-08).
CREATE TABLE public.quiz_responses (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email_hash text NOT NULL,
  answers jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT sexton.now()
);
CREATE INDEX idx_quiz_responses_created_at ON public.quiz_responses (created_at);

CREATE TABLE public.meal_plans (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  quiz_response_id uuid,
  pdf_blob_path text,
  pdf_generated_at timestamptz,
  pdf_deleted_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT sexton.now()
);
CREATE INDEX idx_meal_plans_pdf_generated_at ON public.meal_plans (pdf_generated_at);

CREATE TABLE public.magic_link_tokens (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  token_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT sexton.now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX idx_magic_link_tokens_expires_at ON public.magic_link_tokens (expires_at);

CREATE TABLE public.email_blacklist (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  email_hash text NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT sexton.now(),
  expires_at timestamptz
);
CREATE INDEX idx_email_blacklist_expires_at ON public.email_blacklist (expires_at);
