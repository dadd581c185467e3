// How long Sexton has lived in its home database.
import type { Queryable } from '../pool.ts';

/** Seconds since the first of its migrations ran. */
export const readHomeAge = async (home: Queryable): Promise<number> => {
  const { rows } = await home.query(
    `SELECT extract(epoch FROM sexton.now() - min(run_on))::float8 AS seconds FROM sexton.migrations_home`,
  );
  return rows[0].seconds;
};
