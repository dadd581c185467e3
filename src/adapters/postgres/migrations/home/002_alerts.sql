-- Up Migration
-- Condition of each series, by fingerprint: what the door has been told last.
CREATE TABLE sexton.alert_state (
  fingerprint text PRIMARY KEY,
  pack text NOT NULL,
  rule text NOT NULL,
  labels jsonb NOT NULL,
  state text NOT NULL DEFAULT 'inactive' CHECK (state IN ('inactive', 'firing')),
  firing jsonb,
  since timestamptz,
  last_seen timestamptz,
  times_seen bigint NOT NULL DEFAULT 0,
  subject text,
  subject_at timestamptz,
  as_of timestamptz
);

-- A firing alert from opening to close. `seq` counts its changes, `handed_seq` those that its escalation knows of:
-- where they differ, somebody died in between and reconcile goes on.
CREATE TABLE sexton.incident (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pack text NOT NULL,
  rule text NOT NULL,
  group_key text NOT NULL,
  labels jsonb NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'resolved', 'closed')),
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'high', 'critical')),
  firing jsonb NOT NULL,
  rule_snapshot jsonb NOT NULL,
  seq integer NOT NULL DEFAULT 1,
  handed_seq integer NOT NULL DEFAULT 0,
  workflow_id text NOT NULL DEFAULT '',
  first_fired_at timestamptz NOT NULL DEFAULT sexton.now(),
  changed_at timestamptz NOT NULL DEFAULT sexton.now(),
  resolved_at timestamptz,
  resolved_by text,
  closed_at timestamptz,
  -- Where the ladder stands; a restarted escalation begins from it.
  ladder jsonb,
  last_wake integer NOT NULL DEFAULT 0,
  -- No wake up to this one may be claimed any more: an acknowledgement is in force.
  withdrawn_wake integer NOT NULL DEFAULT 0,
  acknowledged_by text,
  next_due_at timestamptz
);
CREATE UNIQUE INDEX incident_one_open_per_group ON sexton.incident (group_key) WHERE state <> 'closed';
CREATE INDEX incident_by_rule ON sexton.incident (pack, rule) WHERE state <> 'closed';
CREATE UNIQUE INDEX incident_by_workflow ON sexton.incident (workflow_id) WHERE workflow_id <> '';

-- One row a message to one target. Its key is the same on every retry.
CREATE TABLE sexton.outbox (
  incident bigint NOT NULL REFERENCES sexton.incident (number),
  wake integer NOT NULL,
  channel text NOT NULL,
  address text NOT NULL,
  tier text NOT NULL,
  key text NOT NULL,
  state text NOT NULL DEFAULT 'claimed' CHECK (state IN ('claimed', 'sent', 'dead')),
  claims integer NOT NULL DEFAULT 1,
  at timestamptz NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT sexton.now(),
  settled_at timestamptz,
  receipt jsonb,
  error text,
  PRIMARY KEY (incident, wake, channel, address)
);
CREATE INDEX outbox_dead ON sexton.outbox (claimed_at) WHERE state = 'dead';
