-- Up Migration
-- Which upload a tombstone means, once somebody has looked. The key's index cannot hold much longer paths than the
-- constraint allows: their rows are set aside, instead of failing their batch for ever.
ALTER TABLE sexton.tombstone
  ADD COLUMN etag text,
  ADD COLUMN uploaded_at timestamptz,
  ADD CONSTRAINT tombstone_path_of_at_most_2400_bytes CHECK (octet_length(path) <= 2400) NOT VALID;

-- An object's path in its store, by whichever name a row calls it: its path, or its address there. Addresses of other
-- stores stay as they are. src/adapters/blob-names.ts does the same.
CREATE FUNCTION sexton.object_path(name text, store text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  path text;
BEGIN
  IF store = '' OR name !~* ('^https?://' || store || '\.(public|private)\.blob\.vercel-storage\.com/') THEN
    RETURN regexp_replace(name, '^/', '');
  END IF;
  path := regexp_replace(regexp_replace(name, '^[^/]*//[^/]*/', ''), '[?#].*$', '');
  IF position('%' IN path) = 0 THEN
    RETURN path;
  END IF;
  RETURN (
    SELECT convert_from(string_agg(
      CASE WHEN part[1] ~ '^%[0-9A-Fa-f]{2}$' THEN decode(substr(part[1], 2), 'hex') ELSE convert_to(part[1], 'UTF8') END,
      ''::bytea ORDER BY place), 'UTF8')
    FROM regexp_matches(path, '%[0-9A-Fa-f]{2}|[^%]+|%', 'g') WITH ORDINALITY found(part, place));
END $$;

-- Objects that no row named when the store was listed. They become tombstones once the whole listing is known to hold
-- few of them; until then nothing deletes them.
CREATE TABLE sexton.orphan (
  run_id text NOT NULL,
  step text NOT NULL,
  path text NOT NULL,
  pack text NOT NULL,
  job text NOT NULL,
  etag text NOT NULL,
  uploaded_at timestamptz NOT NULL,
  PRIMARY KEY (run_id, step, path)
);
