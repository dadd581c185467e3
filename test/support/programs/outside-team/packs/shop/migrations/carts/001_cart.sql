-- Up Migration
CREATE TABLE public.cart (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  left_at timestamptz NOT NULL
);
CREATE INDEX ON public.cart (left_at);
