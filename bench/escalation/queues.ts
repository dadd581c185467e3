// The table that the benchmark's monitors look at.
import type { Ground } from './ground.ts';
import { MAIN, QUEUES, STALLED_MINUTES } from './terms.ts';

/** So many queues, none of which stands still. */
export const makeQueues = ({ connected }: Ground, count: number): Promise<void> =>
  connected(MAIN, async (db) => {
    await db.query(`CREATE TABLE ${QUEUES} (name text PRIMARY KEY, minutes integer NOT NULL)`);
    await db.query(`INSERT INTO ${QUEUES} SELECT 'q' || n, 0 FROM generate_series(0, $1::int - 1) n`, [
      count,
    ]);
    await db.query(`ANALYZE ${QUEUES}`);
  });

/** From now on all of them stand still. */
export const stallQueues = ({ connected }: Ground): Promise<void> =>
  connected(MAIN, async (db) => {
    await db.query(`UPDATE ${QUEUES} SET minutes = $1`, [STALLED_MINUTES + 2]);
  });
