// Every session has limits, so that a stalled worker holds neither rows nor the fence for long, and speaks UTC.
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, inTransaction } from '../../src/adapters/postgres/pool.ts';
import { freshDatabase } from '../support/stack.ts';

let url: string;
let pool: pg.Pool;
beforeAll(async () => {
  url = await freshDatabase('pool');
  pool = createPool({ url, max: 3, statementSeconds: 1 });
  await pool.query('CREATE TABLE t (n int); INSERT INTO t VALUES (1)');
  await pool.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET TimeZone = 'Asia/Tokyo'`);
});
afterAll(() => pool.end());

const setting = async (db: pg.Pool, name: string): Promise<string> =>
  (await db.query('SELECT current_setting($1) AS value', [name])).rows[0].value;

describe('a session of the pool', () => {
  it('speaks UTC and ISO dates, whatever the database’s own zone is', async () => {
    const fresh = createPool({ url });
    expect(await setting(fresh, 'TimeZone')).toBe('UTC');
    expect(await setting(fresh, 'DateStyle')).toMatch(/^ISO/);
    await fresh.end();
  });

  it('has limits on statements, on waits for locks and on transactions that do nothing', async () => {
    const fresh = createPool({ url });
    expect({
      statement: await setting(fresh, 'statement_timeout'),
      lock: await setting(fresh, 'lock_timeout'),
      idle: await setting(fresh, 'idle_in_transaction_session_timeout'),
      name: await setting(fresh, 'application_name'),
    }).toEqual({ statement: '5s', lock: '2s', idle: '10s', name: 'sexton' });
    await fresh.end();
  });

  it('ends a statement that takes too long', async () => {
    await expect(pool.query('SELECT pg_sleep(10)')).rejects.toMatchObject({ code: '57014' });
  });

  it('that the server ends is replaced by another, without ending the process', async () => {
    const { rows } = await pool.query('SELECT pg_backend_pid() AS pid');
    const other = createPool({ url, max: 1 });
    await other.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    await other.end();
    const pids = await Promise.all([1, 2, 3].map(() => pool.query('SELECT 1').catch(() => undefined)));
    expect(pids.length).toBe(3);
    expect((await pool.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
  });
});

describe('a transaction', () => {
  it('keeps nothing of work that failed, and gives its connection back', async () => {
    for (let n = 0; n < 5; n += 1) {
      const work = inTransaction(pool, async (tx) => {
        await tx.query('INSERT INTO t VALUES (2)');
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
    }
    expect((await pool.query('SELECT n FROM t')).rows).toEqual([{ n: 1 }]);
    expect(pool.idleCount).toBe(pool.totalCount);
  });

  it('whose connection breaks in the middle fails, and the next one has a sound connection', async () => {
    const broken = inTransaction(pool, async (tx) => {
      await tx.query('INSERT INTO t VALUES (3)');
      await tx.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    await expect(broken).rejects.toThrow();
    const sound = await inTransaction(pool, async (tx) => (await tx.query('SELECT n FROM t')).rows);
    expect(sound).toEqual([{ n: 1 }]);
  });

  it('that does nothing for too long is ended by the server and loses what it had done', async () => {
    const stalled = await pool.connect();
    stalled.on('error', () => {});
    const ended = new Promise((resolve) => stalled.once('end', resolve));
    await stalled.query('BEGIN');
    await stalled.query('INSERT INTO t VALUES (4)');
    // Last, so that a slow machine does not stall before there is something to lose.
    await stalled.query("SET LOCAL idle_in_transaction_session_timeout = '50ms'");
    await ended;
    stalled.release(true);
    expect((await pool.query('SELECT n FROM t')).rows).toEqual([{ n: 1 }]);
  });
});
