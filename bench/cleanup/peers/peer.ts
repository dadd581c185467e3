// What a method of deletion is to the benchmark: given a connection, it deletes the eligible rows and counts them.
import type pg from 'pg';

interface PeerInput {
  /** A connection of the method's own, in autocommit: each DELETE is a transaction. */
  readonly db: pg.Client;
  /** Rows before this instant go. */
  readonly cutoff: string;
  /** Most rows a transaction; one plain DELETE has no batches. */
  readonly batchRows: number;
}

export interface Peer {
  readonly name: string;
  /** The program that does it this way, and what it is called there. */
  readonly like: string;
  /** Rows a batch unless that program's user says otherwise; undefined where there are no batches. */
  readonly ownBatchRows: number | undefined;
  /** Resolves with the rows deleted, once the last of them is committed. */
  readonly run: (input: PeerInput) => Promise<number>;
}
