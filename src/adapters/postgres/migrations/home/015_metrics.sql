-- Up Migration
-- What runs came to whose rows are retired: counters go on where they stood. By whole seconds, rounded up, which is exact
-- for the edges that histograms of runs may have; -1 where nobody knows how long it took.
CREATE TABLE sexton.retired_run (
  pack text NOT NULL,
  job text NOT NULL,
  state text NOT NULL,
  trigger text NOT NULL,
  seconds bigint NOT NULL,
  runs bigint NOT NULL,
  deleted bigint NOT NULL,
  total_seconds double precision NOT NULL,
  PRIMARY KEY (pack, job, state, trigger, seconds)
);

CREATE FUNCTION sexton.keep_retired_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO sexton.retired_run AS kept
  SELECT pack, job, state, trigger, coalesce(ceil(duration_seconds), -1)::bigint, count(*), coalesce(sum(deleted), 0),
    coalesce(sum(duration_seconds), 0)
  FROM gone WHERE NOT dry_run AND ended_at IS NOT NULL GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (pack, job, state, trigger, seconds) DO UPDATE SET runs = kept.runs + excluded.runs,
    deleted = kept.deleted + excluded.deleted, total_seconds = kept.total_seconds + excluded.total_seconds;
  RETURN NULL;
END $$;
CREATE TRIGGER run_is_retired AFTER DELETE ON sexton.run
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION sexton.keep_retired_runs();

-- Dashboards that the gateway serves: switched on and off by people.
CREATE TABLE sexton.dashboard (
  pack text NOT NULL,
  name text NOT NULL,
  is_on boolean NOT NULL,
  switched_by text NOT NULL CHECK (switched_by <> ''),
  switched_at timestamptz NOT NULL DEFAULT sexton.now(),
  PRIMARY KEY (pack, name)
);

-- How often somebody opened one, by day in UTC. A page that loads itself anew is not opened again.
CREATE TABLE sexton.dashboard_view (
  pack text NOT NULL,
  name text NOT NULL,
  day date NOT NULL,
  views integer NOT NULL DEFAULT 1,
  last_at timestamptz NOT NULL DEFAULT sexton.now(),
  PRIMARY KEY (pack, name, day)
);
