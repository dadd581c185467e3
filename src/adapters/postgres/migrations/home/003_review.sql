-- Up Migration
-- The report that follows a critical incident (SLA-73): open until cause and resolution are written. It never keeps
-- a ladder, a number or a key: the incident closes when its condition is gone, the review when people are done.
ALTER TABLE sexton.incident
  ADD COLUMN review text CHECK (review IN ('open', 'done')),
  ADD COLUMN root_cause text,
  ADD COLUMN resolution text,
  ADD COLUMN reviewed_by text,
  ADD COLUMN reviewed_at timestamptz,
  ADD CONSTRAINT a_done_review_is_filled CHECK
    (review IS DISTINCT FROM 'done' OR (root_cause <> '' AND resolution <> '' AND reviewed_by <> ''));

CREATE FUNCTION sexton.open_review() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.severity = 'critical' AND NEW.review IS NULL THEN NEW.review := 'open'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER critical_opens_review BEFORE INSERT OR UPDATE OF severity ON sexton.incident
  FOR EACH ROW EXECUTE FUNCTION sexton.open_review();
