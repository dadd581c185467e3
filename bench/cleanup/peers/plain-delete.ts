// One DELETE over everything: no batch, no position, one transaction. What the disk and the indexes ask for anyway.
import { TABLE } from '../terms.ts';
import type { Peer } from './peer.ts';

/** The floor that the others are measured against, and what nobody dares to run on a table in use. */
export const plainDelete: Peer = {
  name: 'plain DELETE',
  like: 'one statement, as pg-boss and most cron jobs have it',
  ownBatchRows: undefined,
  run: async ({ db, cutoff }) => {
    const { rowCount } = await db.query(`DELETE FROM ${TABLE} WHERE created_at < $1`, [cutoff]);
    return rowCount ?? 0;
  },
};
