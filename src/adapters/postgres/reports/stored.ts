// Answers that were kept: written as they were shown, read by name.
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

export interface StoredReport {
  readonly pack: string;
  readonly name: string;
  readonly asOf: string;
  readonly status: 'healthy' | 'warning' | 'critical' | null;
  readonly durationMs: number;
  readonly overBudget: boolean;
  /** As `sexton report --json` shows it. */
  readonly answer: object;
}

/** Returns its id, by which it is found again. */
export const storeReport = async (
  home: Queryable,
  { pack, name, asOf, status, durationMs, overBudget, answer }: StoredReport,
  keepSeconds: number,
): Promise<number> => {
  const { rows } = await home.query(
    `INSERT INTO sexton.report (pack, name, as_of, status, duration_ms, over_budget, answer, keep_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, sexton.now() + make_interval(secs => $8)) RETURNING id`,
    [pack, name, asOf, status, durationMs, overBudget, JSON.stringify(answer), keepSeconds],
  );
  return Number(rows[0].id);
};

/** An answer by its id. */
export const readReport = async (home: Queryable, id: number): Promise<object | undefined> => {
  const { rows } = await home.query('SELECT answer FROM sexton.report WHERE id = $1', [id]);
  return rows[0]?.answer;
};

/** Newest first. */
export const listReports = async (
  home: Queryable,
  { pack, name, most }: { readonly pack: string; readonly name: string; readonly most: number },
): Promise<readonly { readonly id: number; readonly at: string; readonly status: string | null }[]> => {
  const { rows } = await home.query(
    `SELECT id::float8 AS id, ${isoSql('at', 'seconds')} AS at, status FROM sexton.report
     WHERE pack = $1 AND name = $2 ORDER BY at DESC LIMIT $3`,
    [pack, name, most],
  );
  return rows;
};
