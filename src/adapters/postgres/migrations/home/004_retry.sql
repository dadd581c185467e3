-- Up Migration
-- A run that makes good for one that failed; one per failed run.
ALTER TABLE sexton.run
  ADD COLUMN retry_of text,
  ADD COLUMN objects bigint,
  ADD COLUMN set_aside bigint,
  DROP CONSTRAINT run_trigger_check,
  ADD CONSTRAINT run_trigger_check CHECK (trigger IN ('schedule', 'manual', 'retry'));
CREATE UNIQUE INDEX run_one_retry ON sexton.run (retry_of) WHERE retry_of IS NOT NULL;
