-- Up Migration
-- Names of the first rows that a run deleted, where its job wants them told in its ending (DRAFT-20). Each is written with
-- its delete, and goes once the ending stands.
CREATE TABLE sexton.deleted_name (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text NOT NULL,
  name text NOT NULL
);
CREATE INDEX deleted_name_run_id ON sexton.deleted_name (run_id);
