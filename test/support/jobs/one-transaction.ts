// Measures taken inside a test's own transaction, where the clock stands still: ages are exact to the microsecond.
import type pg from 'pg';
import { createMeasureKinds } from '../../../src/activities/measures/index.ts';
import { takeMeasures } from '../../../src/activities/measures/take-measures.ts';
import type { Taken } from '../../../src/domain/monitors/measure.ts';
import type { MonitorSnapshot } from '../../../src/domain/monitors/monitor.ts';

/** As a pool of that one connection, which nobody may begin, end or let go of. */
const asPool = (client: pg.PoolClient): pg.Pool => {
  let last: Promise<unknown> = Promise.resolve();
  const query = (...args: readonly unknown[]): Promise<unknown> => {
    const [first] = args;
    if (typeof first === 'string' && /^(BEGIN|ROLLBACK)/.test(first)) return Promise.resolve();
    last = last.then(() => client.query(...(args as [string])));
    return last;
  };
  const held = { query, on: () => {}, off: () => {}, release: () => {} };
  return { connect: async () => held } as unknown as pg.Pool;
};

/** Every measure of the monitor over what `fill` lays down, none of which is kept. */
export const tookWithin = async (
  db: pg.Pool,
  { pack, measures }: Pick<MonitorSnapshot, 'pack' | 'measures'>,
  fill: (client: pg.PoolClient) => Promise<void>,
): Promise<readonly Taken[]> => {
  const client = await db.connect();
  try {
    await client.query('BEGIN');
    await fill(client);
    const pool = asPool(client);
    const looking = { of: () => pool };
    const kinds = createMeasureKinds({ databases: { home: pool, ...looking }, looking } as never);
    const signal = new AbortController().signal;
    return await takeMeasures(kinds, { monitor: { pack, measures }, asOf: '', signal, before: new Map() });
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
};
