-- Up Migration
-- The ages by which Sexton's own rows are retired; a run's is served by run_ended.
CREATE INDEX incident_closed ON sexton.incident (closed_at);
CREATE INDEX outbox_claimed ON sexton.outbox (claimed_at);
