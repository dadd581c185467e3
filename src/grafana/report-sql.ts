// A report's statement as Grafana asks it: the very same text, with parameters written out. What Sexton takes before it asks
// is written out where the configuration knows it, else it is null, and the panel says so.
import type { CatalogJob, CatalogReport } from '../catalog/catalog.ts';
import { inputOf } from '../client/reports/report-sql.ts';
import { INPUT_LITERAL, literalsOf, plainStatement } from '../domain/reports/plain-sql.ts';

export interface ReportSql {
  readonly sql: string;
  /** Inputs that only Sexton can take. */
  readonly missing: readonly string[];
}

const EMPTY: readonly string[] = Object.values(INPUT_LITERAL);

export const reportSqlOf = (
  declared: CatalogReport,
  params: Readonly<Record<string, string | number | null>>,
  jobs: readonly CatalogJob[],
): ReportSql => {
  const { report } = declared;
  const inputs = Object.entries(report.inputs).map(
    ([name, input]) => [name, inputOf({ jobs }, declared, input).literal] as const,
  );
  const literals = { ...literalsOf(report.params, params), ...Object.fromEntries(inputs) };
  return {
    sql: plainStatement(report.sql, literals),
    missing: inputs.flatMap(([name, literal]) => (EMPTY.includes(literal) ? [name] : [])),
  };
};
