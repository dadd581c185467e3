-- Up Migration
-- Where a run's time went, apart: at work, kept from it by its throttle, held by a person, waiting after a failure,
-- waiting for a worker; and, before it began, for its lock and for approval. NULL where nobody can know any more.
ALTER TABLE sexton.run
  ADD COLUMN work_ms double precision,
  ADD COLUMN throttled_ms double precision,
  ADD COLUMN paused_ms double precision,
  ADD COLUMN waiting_ms double precision,
  ADD COLUMN queued_ms double precision,
  ADD COLUMN approval_ms double precision,
  ADD COLUMN wal_bytes bigint,
  ADD COLUMN locked bigint,
  ADD COLUMN attempts integer,
  ADD COLUMN history_events integer;
