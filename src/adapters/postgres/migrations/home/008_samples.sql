-- Up Migration
-- What monitors measured: a series a label set, a sample a tick. The key of a sample serves "the last so many of a
-- series"; counters are kept beside the values, so that the next tick can take the difference.
CREATE TABLE sexton.series (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pack text NOT NULL,
  monitor text NOT NULL,
  measure text NOT NULL,
  key text NOT NULL,
  labels jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT sexton.now(),
  UNIQUE (pack, monitor, measure, key)
);
CREATE INDEX series_created ON sexton.series (created_at);

CREATE TABLE sexton.sample (
  series bigint NOT NULL REFERENCES sexton.series (id),
  at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('ok', 'noData', 'error', 'counter')),
  value double precision,
  PRIMARY KEY (series, at),
  CONSTRAINT only_what_is_there_has_a_value CHECK ((value IS NOT NULL) = (state IN ('ok', 'counter')))
);
CREATE INDEX sample_at ON sexton.sample (at);

-- The newest tick of each monitor that was evaluated, and what came of it. An older tick changes nothing any more.
CREATE TABLE sexton.evaluation (
  pack text NOT NULL,
  monitor text NOT NULL,
  tick timestamptz NOT NULL,
  evaluated_at timestamptz NOT NULL DEFAULT sexton.now(),
  series integer NOT NULL,
  failed integer NOT NULL,
  firing integer NOT NULL,
  PRIMARY KEY (pack, monitor)
);

-- The one ladder for when this database does not answer has the same id at every outage, so an incident that is closed
-- no longer claims it.
DROP INDEX sexton.incident_by_workflow;
CREATE UNIQUE INDEX incident_by_workflow ON sexton.incident (workflow_id) WHERE workflow_id <> '' AND state <> 'closed';
