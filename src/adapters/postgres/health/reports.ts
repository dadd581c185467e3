// Rows of health reports: one a tick, with a row a check.
import type { CheckSnapshot, HealthReport } from '../../../domain/health/health.ts';
import type { Queryable } from '../pool.ts';

export interface NewHealthReport {
  readonly pack: string;
  readonly name: string;
  readonly tick: string;
  /** Missing: its schedule. */
  readonly by?: string | undefined;
  readonly report: HealthReport;
  readonly checks: readonly Pick<CheckSnapshot, 'name' | 'label'>[];
}

/** Written twice for the same tick, the second stands: a tick that was tried again. */
export const writeHealthReport = async (
  tx: Queryable,
  { pack, name, tick, by, report, checks }: NewHealthReport,
): Promise<void> => {
  const { rows } = await tx.query(
    `INSERT INTO sexton.health_report (pack, name, tick, status, asked_by, report) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (pack, name, tick) DO UPDATE SET at = excluded.at, status = excluded.status,
       asked_by = excluded.asked_by, report = excluded.report
     RETURNING id`,
    [pack, name, tick, report.status, by ?? null, JSON.stringify(report)],
  );
  const { id } = rows[0];
  await tx.query('DELETE FROM sexton.health_result WHERE report = $1', [id]);
  const lines = report.checks.map((result, index) => ({
    name: result.name,
    place: index + 1,
    label: checks.find((check) => check.name === result.name)?.label ?? result.name,
    status: result.status,
    latency_ms: result.latency_ms ?? null,
    error: result.error ?? null,
    value: result.value ?? null,
  }));
  await tx.query(
    `INSERT INTO sexton.health_result (report, name, place, label, status, latency_ms, error, value)
     SELECT $1, name, place, label, status, latency_ms, error, value FROM jsonb_to_recordset($2)
       AS r (name text, place integer, label text, status text, latency_ms integer, error text, value float8)`,
    [id, JSON.stringify(lines)],
  );
};
