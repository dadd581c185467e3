// What a job says of when it has to leave its database alone. Everything may be left out; `'none'` turns one thing off.

/** Hours in which a job may work, on the clock of a zone. */
export interface WindowDefinition {
  /** `22:00`. */
  readonly from: string;
  /** `06:00`; before `from`, it is on the following day. */
  readonly to: string;
  /** IANA name: `Europe/Berlin`, `UTC`. */
  readonly zone: string;
  /** Days on which it begins. Default: every day. */
  readonly days?: readonly ('sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat')[];
}

/**
 * Looked at between batches, at most once a second, and tried before a run begins. What is above its limit, or cannot be
 * read any more, holds the run until it is not. The database's role needs `pg_read_all_stats`.
 */
export interface ThrottleDefinition {
  /** Delay of the slowest physical replica. Default `10s`. */
  readonly replicaLag?: string;
  /** Sessions of others that wait for locks in this database, advisory ones apart. Default 5. */
  readonly lockWaiters?: number | 'none';
  /** Age of the oldest open transaction of others. Default `none`: one long report would stop all cleaning. */
  readonly oldestSnapshot?: string;
  /** When it may work. Default: always. */
  readonly windows?: readonly WindowDefinition[];
  /** While others work, batches are short and each is followed by `rest` times its own length. Default `{ rest: 3 }`. */
  readonly yield?: { readonly rest?: number } | 'none';
  /** A run that was throttled for longer than this is told of by its budget's rule. Default: half of its budget. */
  readonly limit?: string;
}
