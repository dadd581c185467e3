-- Up Migration
CREATE TABLE public.signup (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT sexton.now()
);
CREATE INDEX ON public.signup (created_at);
