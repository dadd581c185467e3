-- Up Migration
-- What each series remembers from look to look (src/domain/alerts/alert-state.ts); `firing` is what people are to know
-- of it, whatever its state. `held` is what keeps it from joining its group's incident.
ALTER TABLE sexton.alert_state
  ADD COLUMN group_key text,
  ADD COLUMN memory jsonb,
  ADD COLUMN told_since timestamptz,
  ADD COLUMN held jsonb,
  DROP CONSTRAINT alert_state_state_check,
  ADD CONSTRAINT alert_state_state_check
    CHECK (state IN ('inactive', 'pending', 'firing', 'resolving', 'noData', 'error'));
UPDATE sexton.alert_state SET group_key = fingerprint, told_since = CASE WHEN firing IS NOT NULL THEN since END;
ALTER TABLE sexton.alert_state ALTER COLUMN group_key SET NOT NULL;
CREATE INDEX alert_state_active ON sexton.alert_state (pack, rule) WHERE state <> 'inactive';
CREATE INDEX alert_state_told ON sexton.alert_state (group_key) WHERE firing IS NOT NULL;
CREATE INDEX alert_state_held ON sexton.alert_state (pack, rule) WHERE held IS NOT NULL;

-- Each rule as it was last observed with: what opens later, when a hold has ended, opens by it.
CREATE TABLE sexton.alert_rule (
  pack text NOT NULL,
  rule text NOT NULL,
  snapshot jsonb NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT sexton.now(),
  PRIMARY KEY (pack, rule)
);

-- `members`: of a group, counts and the ten worst as they were at `seq`. `hold`: what held its last wake back.
ALTER TABLE sexton.incident ADD COLUMN members jsonb, ADD COLUMN hold jsonb;
CREATE INDEX incident_by_group ON sexton.incident (group_key, number DESC);
CREATE INDEX incident_waiting ON sexton.incident (number) WHERE state <> 'closed' AND seq > handed_seq;
CREATE INDEX incident_held ON sexton.incident (number) WHERE hold IS NOT NULL AND state = 'open';

-- The alerts of an incident; one of an ungrouped rule has exactly one.
CREATE TABLE sexton.incident_member (
  incident bigint NOT NULL REFERENCES sexton.incident (number) ON DELETE CASCADE,
  fingerprint text NOT NULL,
  labels jsonb NOT NULL,
  severity text NOT NULL CHECK (severity IN ('info', 'warning', 'high', 'critical')),
  since timestamptz NOT NULL DEFAULT sexton.now(),
  until timestamptz,
  PRIMARY KEY (incident, fingerprint)
);
INSERT INTO sexton.incident_member (incident, fingerprint, labels, severity, since, until)
  SELECT number, group_key, labels, severity, first_fired_at,
    CASE WHEN state = 'resolved' AND resolved_by IS NULL THEN resolved_at END
  FROM sexton.incident WHERE state <> 'closed';

-- Never deleted, only ended: who kept what quiet, until when and why, stays to be read.
CREATE TABLE sexton.silence (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  matchers jsonb NOT NULL CHECK (jsonb_array_length(matchers) BETWEEN 1 AND 20),
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  author text NOT NULL CHECK (author <> ''),
  comment text NOT NULL CHECK (comment <> ''),
  created_at timestamptz NOT NULL DEFAULT sexton.now(),
  ended_at timestamptz,
  ended_by text,
  CONSTRAINT a_silence_ends CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '7 days'),
  CONSTRAINT an_ended_silence_says_by_whom CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX silence_by_end ON sexton.silence (ends_at) WHERE ended_at IS NULL;

-- Whether a label's value fits an expression as a whole; NULL where this server does not understand it.
CREATE FUNCTION sexton.fits(value text, expression text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN left(value, 1000) ~ ('^(?:' || expression || ')$');
EXCEPTION WHEN invalid_regular_expression THEN
  RETURN NULL;
END $$;
