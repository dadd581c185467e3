// pt-archiver's ascending keyset: a page of keys in index order, then everything between the page's ends.
import { TABLE } from '../terms.ts';
import type { Peer } from './peer.ts';

/**
 * `pt-archiver --purge --primary-key-only --bulk-delete --limit n`, ascending the index on (created_at, id), on Postgres: the
 * quickest that Percona's tool offers. Its defaults are `--limit 1 --txn-size 1`, a row a time. It goes on from the last
 * row seen, inclusive, and the bulk DELETE takes the condition between the page's first and last key. The tool
 * writes `(a > ?) OR (a = ? AND b >= ?)`, from which MySQL reads a range and Postgres none; here the same is a row comparison.
 */
export const ascendingKeyset: Peer = {
  name: 'ascending keyset',
  like: 'pt-archiver --bulk-delete along the age index',
  ownBatchRows: 1,
  run: async ({ db, cutoff, batchRows }) => {
    let deleted = 0;
    let last: Key | undefined;
    for (;;) {
      const keys = await readPage({ db, cutoff, batchRows }, last);
      const [first, end] = [keys[0], keys.at(-1)];
      if (!first || !end) return deleted;
      const { rowCount } = await db.query({
        name: 'delete-page',
        text: `DELETE FROM ${TABLE}
          WHERE (created_at, id) >= ($2, $3) AND (created_at, id) <= ($4, $5) AND created_at < $1`,
        values: [cutoff, ...first, ...end],
      });
      deleted += rowCount ?? 0;
      last = end;
    }
  },
};

/** Age as text, since a JavaScript Date would round it, and id. */
type Key = readonly [at: string, id: string];

const readPage = async (
  { db, cutoff, batchRows }: Parameters<Peer['run']>[0],
  last: Key | undefined,
): Promise<readonly Key[]> => {
  const from = last === undefined ? '' : ' AND (created_at, id) >= ($3, $4)';
  const { rows } = await db.query<{ at: string; id: string }>({
    name: last === undefined ? 'first-page' : 'next-page',
    text: `SELECT created_at::text AS at, id FROM ${TABLE} WHERE created_at < $1${from}
      ORDER BY created_at, id LIMIT $2`,
    values: [cutoff, batchRows, ...(last ?? [])],
  });
  return rows.map(({ at, id }) => [at, id]);
};
