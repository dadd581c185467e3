// What the throttle sees of a real Postgres: sessions that wait, work and keep transactions open, and replicas that lag.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { readFigures } from '../../src/adapters/postgres/tables/throttle-probes.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { FIGURES, type Figure } from '../../src/domain/jobs/throttle.ts';
import { eventually } from '../support/eventually.ts';
import { openStandby } from '../support/jobs/standby.ts';
import { freshDatabase, unique } from '../support/stack.ts';

let url: string;
let pool: pg.Pool;
let others: pg.Client[] = [];
beforeAll(async () => {
  url = await freshDatabase('probes');
  await migrateAll({ home: { url }, databases: [{ pack: 'test-pack', name: 'app', url }] });
  pool = createPool({ url });
  await pool.query('CREATE TABLE public.stock (id int PRIMARY KEY); INSERT INTO public.stock VALUES (1)');
});
afterEach(async () => {
  const pids = others.map((client) => (client as unknown as { processID: number }).processID);
  await pool.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) pid', [pids]);
  await Promise.all(others.map((client) => client.end()));
  others = [];
  await eventually('they are gone', async () => {
    const { rows } = await pool.query('SELECT 1 FROM pg_stat_activity WHERE pid = ANY($1)', [pids]);
    return rows.length === 0;
  });
});
afterAll(() => pool.end());

/** A session of another program. */
const other = async (name = 'shop', connectionString = url): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString, application_name: name });
  client.on('error', () => {});
  await client.connect();
  others.push(client);
  return client;
};

const figure = async (name: Figure): Promise<number | null | undefined> =>
  (await readFigures(pool, [name])).figures[name];

/** Something that goes on while the session is open; it ends with it. */
const goesOn = async (client: pg.Client, sql: string): Promise<void> => {
  await client.query("SET statement_timeout = '30s'");
  void client.query(sql).catch(() => {});
};

/** Others wait for the same row as long as the first keeps it. */
const waitForRow = async (count: number, name = 'shop'): Promise<void> => {
  const holder = await other();
  await holder.query('BEGIN; SELECT 1 FROM public.stock FOR UPDATE');
  for (let n = 0; n < count; n += 1) await goesOn(await other(name), 'SELECT 1 FROM public.stock FOR UPDATE');
};

describe('one look', () => {
  it('reads every figure at once, with the database’s clock and the right to see', async () => {
    const look = await readFigures(pool, FIGURES);
    expect(Object.keys(look.figures).toSorted()).toEqual([...FIGURES].toSorted());
    expect(look.maySee).toBe(true);
    expect(Math.abs(look.atMs - Date.now())).toBeLessThan(60_000);
  });

  it('reads only what it is asked for', async () => {
    expect((await readFigures(pool, ['lockWaiters'])).figures).toEqual({ lockWaiters: 0 });
    expect((await readFigures(pool, [])).figures).toEqual({});
  });
});

describe('lockWaiters', () => {
  it('counts the sessions of others that wait for a lock, not the one that has it', async () => {
    await waitForRow(2);
    await eventually('two wait', async () => (await figure('lockWaiters')) === 2);
  });

  it('counts neither Sexton’s own sessions nor those of another database', async () => {
    await waitForRow(1, 'sexton');
    const elsewhere = await freshDatabase('elsewhere');
    const [holder, waiter] = [await other('shop', elsewhere), await other('shop', elsewhere)];
    await holder.query('CREATE TABLE t ()');
    await holder.query('BEGIN; LOCK t');
    await goesOn(waiter, 'BEGIN; LOCK t');
    await eventually('both wait', async () => {
      const { rows } = await pool.query(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = ANY($1)",
        [others.map((client) => (client as unknown as { processID: number }).processID)],
      );
      return rows[0].n === 2;
    });
    expect(await figure('lockWaiters')).toBe(0);
  });

  it('does not count who waits for an advisory lock, as for being elected', async () => {
    const [leader, follower] = [await other(), await other()];
    await leader.query('SELECT pg_advisory_lock(7)');
    await goesOn(follower, 'SELECT pg_advisory_lock(7)');
    await eventually('it waits', async () => {
      const { rows } = await pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()",
      );
      return rows.length === 1;
    });
    expect(await figure('lockWaiters')).toBe(0);
  });
});

describe('oldestSnapshot', () => {
  it('is nothing where nobody has a transaction open, or only one that has read nothing yet', async () => {
    await (await other()).query('BEGIN');
    expect(await figure('oldestSnapshot')).toBe(null);
  });

  it('grows with a transaction that keeps its snapshot, by the real time wherever sexton.now() was moved to', async () => {
    await (await other()).query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
    await pool.query(`UPDATE sexton.clock SET adjustable = true, "offset" = '7 days'`);
    try {
      await eventually('it is a while old', async () => Number(await figure('oldestSnapshot')) > 0.3);
      expect(await figure('oldestSnapshot')).toBeLessThan(60);
    } finally {
      await pool.query(`UPDATE sexton.clock SET "offset" = '0'`);
    }
  });

  it('grows with a transaction that has written and sits idle', async () => {
    await (await other()).query('BEGIN; UPDATE public.stock SET id = 1');
    await eventually('it has an age', async () => Number(await figure('oldestSnapshot')) > 0);
  });
});

describe('yield', () => {
  it('counts the sessions of others that are at work, and not those that only are there', async () => {
    await other();
    await eventually('nobody works', async () => (await figure('yield')) === 0);
    await goesOn(await other(), 'SELECT pg_sleep(20)');
    await goesOn(await other('sexton'), 'SELECT pg_sleep(20)');
    await eventually('one works', async () => (await figure('yield')) === 1);
  });

  it('counts a session that answers one short query after the other also between two of them', async () => {
    const client = await other();
    await eventually('nobody works', async () => (await figure('yield')) === 0);
    let asking = true;
    const asks = (async () => {
      while (asking) {
        await client.query('SELECT 1');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const seen: unknown[] = [];
    for (let looks = 0; looks < 20; looks += 1) seen.push(await figure('yield'));
    asking = false;
    await asks;
    expect(seen.filter((count) => count === 1).length).toBeGreaterThanOrEqual(18);
  });
});

describe('replicaLag', () => {
  it('is nothing without replicas', async () => {
    expect(await figure('replicaLag')).toBe(null);
  });

  it('is that of the slowest replica, grows while it replays nothing, and ends with it', async () => {
    const [quick, slow] = [await openStandby(url, unique('quick')), await openStandby(url, unique('slow'))];
    const write = () => pool.query("SELECT pg_logical_emit_message(false, 'test', 'wal')");
    try {
      await eventually('both stream', async () => {
        const { rows } = await pool.query(
          "SELECT 1 FROM pg_stat_replication WHERE application_name = ANY($1) AND state = 'streaming'",
          [[quick.name, slow.name]],
        );
        return rows.length === 2;
      });
      await write();
      await eventually('none lags', async () => Number(await figure('replicaLag')) < 0.5);
      slow.stall();
      await write();
      await eventually('one lags', async () => Number(await figure('replicaLag')) > 1);
      slow.catchUp();
      await eventually('it has caught up', async () => {
        await write();
        return Number(await figure('replicaLag')) < 0.5;
      });
    } finally {
      await Promise.all([quick.close(), slow.close()]);
    }
    await eventually('both are gone', async () => (await figure('replicaLag')) === null);
  });
});

describe('a role without pg_read_all_stats', () => {
  it('is known as one that may not see, since every figure would read as nothing', async () => {
    const role = unique('plain');
    await pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'plain'; GRANT USAGE ON SCHEMA sexton TO ${role};
      GRANT SELECT ON ALL TABLES IN SCHEMA sexton TO ${role}`);
    const address = new URL(url);
    address.username = role;
    address.password = 'plain';
    const plain = createPool({ url: address.href });
    try {
      await waitForRow(2);
      await eventually('two wait', async () => (await figure('lockWaiters')) === 2);
      const look = await readFigures(plain, FIGURES);
      expect(look).toMatchObject({ maySee: false, role, figures: { lockWaiters: 0, yield: 0 } });
      await pool.query(`GRANT pg_read_all_stats TO ${role}`);
      expect(await readFigures(plain, FIGURES)).toMatchObject({ maySee: true, figures: { lockWaiters: 2 } });
    } finally {
      await plain.end();
      await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});
