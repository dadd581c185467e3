// One connection to a database for as long as a command needs it.
import type pg from 'pg';
import { createPool } from '../adapters/postgres/pool.ts';

export const withPool = async <T>(url: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> => {
  const pool = createPool({ url, max: 1 });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
};
