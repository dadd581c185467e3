// Rails' `in_batches` by primary key: ids are fetched, then deleted by a list of them.
import { TABLE } from '../terms.ts';
import type { Peer } from './peer.ts';

/**
 * `Event.where("created_at < ?", cutoff).in_batches(of: n).delete_all` of Active Record 7 and 8 with their defaults
 * (`load: false`, no `use_ranges`; `of` is 1,000 unless stated). The ids are read in order of the primary key by a prepared
 * statement; the DELETE repeats the condition with `id IN (…)`, one bind an id, and is not prepared, as Active Record
 * prepares none with a list. A page that is not full is the last one.
 */
export const inBatches: Peer = {
  name: 'in_batches',
  like: 'Rails, in_batches.delete_all by primary key',
  ownBatchRows: 1_000,
  run: async ({ db, cutoff, batchRows }) => {
    let deleted = 0;
    let last: string | undefined;
    for (;;) {
      const ids = await readIds({ db, cutoff, batchRows }, last);
      if (ids.length === 0) return deleted;
      last = ids.at(-1);
      const binds = ids.map((_, place) => `$${place + 2}`).join(', ');
      const { rowCount } = await db.query(`DELETE FROM ${TABLE} WHERE created_at < $1 AND id IN (${binds})`, [
        cutoff,
        ...ids,
      ]);
      deleted += rowCount ?? 0;
      if (ids.length < batchRows) return deleted;
    }
  },
};

const readIds = async (
  { db, cutoff, batchRows }: Parameters<Peer['run']>[0],
  last: string | undefined,
): Promise<readonly string[]> => {
  const after = last === undefined ? '' : ' AND id > $3';
  const { rows } = await db.query<{ id: string }>({
    name: last === undefined ? 'first-ids' : 'next-ids',
    text: `SELECT id FROM ${TABLE} WHERE created_at < $1${after} ORDER BY id ASC LIMIT $2`,
    values: [cutoff, batchRows, ...(last === undefined ? [] : [last])],
  });
  return rows.map(({ id }) => id);
};
