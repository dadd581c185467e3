-- Up Migration
CREATE SCHEMA shop;
CREATE TABLE shop.session (
  tenant integer NOT NULL,
  number bigint NOT NULL,
  last_seen_at timestamptz NOT NULL,
  pinned boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, number)
);
CREATE INDEX ON shop.session (last_seen_at, tenant, number);
