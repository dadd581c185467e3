// GitLab's `each_batch` by primary key: the batch's two ends are looked up, then everything eligible between them goes.
import type pg from 'pg';
import { TABLE } from '../terms.ts';
import type { Peer } from './peer.ts';

/**
 * `Event.where(…).each_batch(of: n) { |batch| batch.delete_all }`, GitLab's own answer to `in_batches` (its concern
 * EachBatch, which background migrations use for their sub-batches; `of` is 1,000 unless stated). One query finds
 * the first id, one a batch the id `n` eligible rows on (`OFFSET n LIMIT 1`), and the DELETE takes the condition and
 * `id >= start AND id < stop`. Nothing is prepared: GitLab turns prepared statements off for PgBouncer. The pauses of at least
 * 100 ms that its background migrations put between sub-batches are left out.
 */
export const eachBatch: Peer = {
  name: 'each_batch',
  like: 'GitLab, each_batch by primary key',
  ownBatchRows: 1_000,
  run: async ({ db, cutoff, batchRows }) => {
    const eligible = `FROM ${TABLE} WHERE created_at < $1`;
    let start = await idOf(db, `SELECT id ${eligible} ORDER BY id ASC LIMIT 1`, [cutoff]);
    let deleted = 0;
    while (start !== undefined) {
      const stop = await idOf(db, `SELECT id ${eligible} AND id >= $2 ORDER BY id ASC LIMIT 1 OFFSET $3`, [
        cutoff,
        start,
        batchRows,
      ]);
      const { rowCount } = await db.query(
        `DELETE ${eligible} AND id >= $2${stop === undefined ? '' : ' AND id < $3'}`,
        [cutoff, start, ...(stop === undefined ? [] : [stop])],
      );
      deleted += rowCount ?? 0;
      start = stop;
    }
    return deleted;
  },
};

const idOf = async (db: pg.Client, sql: string, values: unknown[]): Promise<string | undefined> => {
  const { rows } = await db.query<{ id: string }>(sql, values);
  return rows[0]?.id;
};
