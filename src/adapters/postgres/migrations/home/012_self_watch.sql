-- Up Migration
-- What the dead man's switch asks every minute (src/adapters/postgres/alerts/pulse.ts): canaries by number, and messages
-- that a wake has planned and nobody has claimed; a lone message is claimed at once and never here.
CREATE INDEX incident_canary ON sexton.incident (number) WHERE pack = 'sexton' AND rule = 'canary';
CREATE INDEX outbox_planned ON sexton.outbox (planned_at) WHERE state = 'planned';
