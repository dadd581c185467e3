-- Up Migration
-- When an incident was first told, first acknowledged: what time to notify and to acknowledge are measured by.
ALTER TABLE sexton.incident
  ADD COLUMN first_told_at timestamptz,
  ADD COLUMN acknowledged_at timestamptz;
UPDATE sexton.incident i SET first_told_at =
  (SELECT min(settled_at) FROM sexton.outbox o WHERE o.incident = i.number AND o.state = 'sent');
CREATE INDEX incident_first_fired ON sexton.incident (first_fired_at);

-- planned: named by a wake, not on its way. claimed: on its way, or nobody knows. withdrawn: an answer came first.
-- dropped: a person has put a dead letter aside.
ALTER TABLE sexton.outbox
  -- What is told: that it fires, or to those who were told that, that somebody has it or that it is over.
  ADD COLUMN status text NOT NULL DEFAULT 'firing' CHECK (status IN ('firing', 'acknowledged', 'resolved')),
  ADD COLUMN planned_at timestamptz NOT NULL DEFAULT sexton.now(),
  -- Tries that ended in an error, and the last one's words.
  ADD COLUMN failures integer NOT NULL DEFAULT 0,
  ADD COLUMN last_error text,
  -- The escalation's execution that holds the claim.
  ADD COLUMN claimed_by text,
  -- Its turn at a target that takes only so many messages a second.
  ADD COLUMN turn_at timestamptz,
  -- The key by which the provider folds alerts, where it does.
  ADD COLUMN dedup_key text,
  -- What was sent, kept of a dead letter only: it is sent again as it was.
  ADD COLUMN notification jsonb,
  ADD COLUMN handled_by text,
  ADD COLUMN handled_at timestamptz,
  DROP CONSTRAINT outbox_state_check,
  ADD CONSTRAINT outbox_state_check
    CHECK (state IN ('planned', 'claimed', 'sent', 'dead', 'withdrawn', 'dropped'));
CREATE INDEX outbox_by_key ON sexton.outbox (channel, address, dedup_key) WHERE dedup_key IS NOT NULL;

-- One row a target that takes only so many messages a second, shared by all workers.
CREATE TABLE sexton.send_rate (
  target text PRIMARY KEY,
  -- The next message may go then.
  free_at timestamptz NOT NULL DEFAULT '-infinity',
  -- End of the line of urgent ones; up to then the others give way.
  urgent_until timestamptz NOT NULL DEFAULT '-infinity',
  -- End of the line of the others.
  line_until timestamptz NOT NULL DEFAULT '-infinity'
);

-- What is not over yet: few rows, asked for often.
CREATE INDEX outbox_unsettled ON sexton.outbox (state, claimed_at) WHERE state IN ('dead', 'claimed');
