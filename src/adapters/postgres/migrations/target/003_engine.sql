-- Up Migration
-- How a batch found its rows, how many of them others held locked, and the WAL that was written meanwhile.
ALTER TABLE sexton.ledger
  ADD COLUMN walk text NOT NULL DEFAULT 'age-index-windows',
  ADD COLUMN locked integer NOT NULL DEFAULT 0 CHECK (locked >= 0),
  ADD COLUMN wal_bytes bigint NOT NULL DEFAULT 0;
