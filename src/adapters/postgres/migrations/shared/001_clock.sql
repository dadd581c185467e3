-- Up Migration
-- One clock for every statement of ours and of packs. The offset is 0 except on the embedded stack,
-- where tests move it; a row that was not made adjustable refuses to move.
CREATE SCHEMA IF NOT EXISTS sexton;

CREATE TABLE IF NOT EXISTS sexton.clock (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  "offset" interval NOT NULL DEFAULT '0',
  adjustable boolean NOT NULL DEFAULT false,
  CONSTRAINT only_an_adjustable_clock_moves CHECK (adjustable OR "offset" = '0')
);
INSERT INTO sexton.clock DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE OR REPLACE FUNCTION sexton.now() RETURNS timestamptz
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT pg_catalog.now() + (SELECT "offset" FROM sexton.clock) $$;
