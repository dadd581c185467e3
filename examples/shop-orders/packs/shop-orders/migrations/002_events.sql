-- Up Migration
-- What visitors did, a partition a month. Rows that fit no month land in events_default, which is watched.
CREATE TABLE shop.events (
  id bigint NOT NULL,
  kind text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
CREATE TABLE shop.events_default PARTITION OF shop.events DEFAULT;
CREATE INDEX events_age ON shop.events (created_at, id);

CREATE TABLE shop.dropped_month (
  month text PRIMARY KEY,
  dropped_rows bigint NOT NULL,
  run_id text NOT NULL
);

-- Makes the partition of a month, unless it is there.
CREATE FUNCTION shop.make_events_month(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first date := date_trunc('month', at AT TIME ZONE 'UTC')::date;
BEGIN
  EXECUTE format(
    'CREATE TABLE IF NOT EXISTS shop.%I PARTITION OF shop.events FOR VALUES FROM (%L) TO (%L)',
    'events_' || to_char(first, 'YYYY_MM'), first || ' 00:00+00', (first + interval '1 month')::date || ' 00:00+00'
  );
END $$;

-- Drops whole months that end before `before`, notes each with its rows, and makes this month and the next two.
CREATE FUNCTION shop.rotate_events(before timestamptz, run text) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  name text;
  gone bigint;
  months integer := 0;
BEGIN
  FOR name IN
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'shop.events'::regclass AND c.relname ~ '^events_\d{4}_\d{2}$'
      AND (to_date(substr(c.relname, 8), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC' <= before
    ORDER BY 1
  LOOP
    EXECUTE format('SELECT count(*) FROM shop.%I', name) INTO gone;
    EXECUTE format('DROP TABLE shop.%I', name);
    INSERT INTO shop.dropped_month VALUES (substr(name, 8), gone, run);
    months := months + 1;
  END LOOP;
  FOR ahead IN 0..2 LOOP
    PERFORM shop.make_events_month(sexton.now() + ahead * interval '1 month');
  END LOOP;
  RETURN months;
END $$;
