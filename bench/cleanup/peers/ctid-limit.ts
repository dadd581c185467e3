// The LIMIT loop by `ctid`: the same statement again and again until it finds nothing. It keeps no position.
import { TABLE } from '../terms.ts';
import type { Peer } from './peer.ts';

/**
 * What PostgreSQL's own documentation shows under DELETE, and what Sentry's clean-up does with `id` in place of `ctid`
 * (`delete … where id = any(array(select id … limit 10000))`, until a statement deletes nothing; 10,000 is its default).
 * Planned anew each time, as there: psycopg2 sends literals.
 */
export const ctidLimit: Peer = {
  name: 'ctid LIMIT',
  like: 'Sentry’s loop, by ctid as PostgreSQL documents it',
  ownBatchRows: 10_000,
  run: async ({ db, cutoff, batchRows }) => {
    let deleted = 0;
    for (;;) {
      const { rowCount } = await db.query(
        `DELETE FROM ${TABLE} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM ${TABLE} WHERE created_at < $1 LIMIT $2))`,
        [cutoff, batchRows],
      );
      if (!rowCount) return deleted;
      deleted += rowCount;
    }
  },
};
