-- Up Migration
-- Answers of reports as they were shown, digests and what became of them. Each row says until when it is kept; the history
-- job retires what is past that.
CREATE TABLE sexton.report (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pack text NOT NULL,
  name text NOT NULL,
  at timestamptz NOT NULL DEFAULT sexton.now(),
  -- The asked database's clock.
  as_of timestamptz NOT NULL,
  status text CHECK (status IN ('healthy', 'warning', 'critical')),
  duration_ms double precision NOT NULL,
  over_budget boolean NOT NULL,
  -- As `sexton report --json` shows it.
  answer jsonb NOT NULL,
  keep_until timestamptz NOT NULL
);
CREATE INDEX report_newest ON sexton.report (pack, name, at DESC);
CREATE INDEX report_keep_until ON sexton.report (keep_until, id);

-- A message that is nobody's incident, as it was sent.
CREATE TABLE sexton.letter (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL UNIQUE,
  pack text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  at timestamptz NOT NULL DEFAULT sexton.now(),
  letter jsonb NOT NULL,
  keep_until timestamptz NOT NULL
);
CREATE INDEX letter_newest ON sexton.letter (pack, kind, name, at DESC);
CREATE INDEX letter_keep_until ON sexton.letter (keep_until, id);

-- One letter to one target: claimed before it is sent, so that a retry knows of the try before it.
CREATE TABLE sexton.letter_message (
  letter bigint NOT NULL REFERENCES sexton.letter (id),
  target text NOT NULL,
  state text NOT NULL DEFAULT 'claimed' CHECK (state IN ('claimed', 'sent', 'dead', 'unsuited')),
  failures integer NOT NULL DEFAULT 0,
  error text,
  receipt text,
  claimed_at timestamptz NOT NULL DEFAULT sexton.now(),
  settled_at timestamptz,
  keep_until timestamptz NOT NULL,
  PRIMARY KEY (letter, target)
);
CREATE INDEX letter_message_keep_until ON sexton.letter_message (keep_until, letter, target);

-- A digest that was made: its letter, its reports, and whether somebody has signed it off.
CREATE TABLE sexton.digest (
  letter bigint PRIMARY KEY REFERENCES sexton.letter (id),
  pack text NOT NULL,
  name text NOT NULL,
  tick timestamptz NOT NULL,
  at timestamptz NOT NULL DEFAULT sexton.now(),
  workflow_id text NOT NULL,
  reports bigint[] NOT NULL,
  status text CHECK (status IN ('healthy', 'warning', 'critical')),
  sign_off text NOT NULL CHECK (sign_off IN ('none', 'open', 'signed', 'unsigned')),
  -- Until when somebody may sign it off.
  due_at timestamptz,
  signed_by text,
  signed_at timestamptz,
  note text,
  keep_until timestamptz NOT NULL,
  CONSTRAINT signed_by_somebody CHECK ((sign_off = 'signed') = (signed_by IS NOT NULL))
);
CREATE INDEX digest_newest ON sexton.digest (pack, name, tick DESC);
CREATE INDEX digest_keep_until ON sexton.digest (keep_until, letter);
