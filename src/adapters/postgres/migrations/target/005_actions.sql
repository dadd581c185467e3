-- Up Migration
-- What a one-shot step came to. A row that has one is no batch: it marks the step, or a part of it, as done.
ALTER TABLE sexton.ledger ADD COLUMN result jsonb;
