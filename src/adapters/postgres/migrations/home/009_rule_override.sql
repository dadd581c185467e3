-- Up Migration
-- Figures of rules that people have set at run time (DRAFT-68). A row a change, never changed itself: who, when, why, from
-- what to what; a value of NULL puts back what is declared. The newest row of a field counts, until it ends.
CREATE TABLE sexton.rule_override (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pack text NOT NULL,
  rule text NOT NULL,
  field text NOT NULL,
  old_value text NOT NULL,
  value text,
  set_by text NOT NULL CHECK (set_by <> ''),
  reason text NOT NULL CHECK (reason <> ''),
  since timestamptz NOT NULL DEFAULT sexton.now(),
  until timestamptz,
  CONSTRAINT only_a_value_ends CHECK (until IS NULL OR (value IS NOT NULL AND until > since))
);
CREATE INDEX rule_override_newest ON sexton.rule_override (pack, rule, field, id DESC);
