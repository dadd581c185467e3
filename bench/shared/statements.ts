// What Postgres spent a measurement on, by pg_stat_statements, which the embedded stack loads: the reason beside a figure.
import type pg from 'pg';

export interface Statement {
  /** Its first words, constants taken out. */
  readonly text: string;
  readonly calls: number;
  readonly seconds: number;
}

const SHOWN = 6;

export const forgetStatements = async (db: pg.Client): Promise<void> => {
  await db.query('SELECT pg_stat_statements_reset()');
};

/** The costliest statements of a database since they were forgotten. */
export const readStatements = async (db: pg.Client, database: string): Promise<readonly Statement[]> => {
  const { rows } = await db.query<Statement>(
    `SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 160) AS text, calls::int, total_exec_time / 1000 AS seconds
     FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1
     ORDER BY total_exec_time DESC LIMIT ${SHOWN}`,
    [database],
  );
  return rows;
};
