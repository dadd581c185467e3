// Asks what a panel shows: reports by the report engine, views and histograms by their SQL, metrics out of what is stored.
import type { RunReport } from '../../activities/reports/run-report.ts';
import { alertsSql, runsSql } from '../../adapters/postgres/dashboards/view-sql.ts';
import { readSamplesWithin } from '../../adapters/postgres/metrics/newest-samples.ts';
import { barsSql } from '../../adapters/postgres/metrics/observed.ts';
import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import { askStatements } from '../../adapters/postgres/reports/ask.ts';
import type { Catalog, CatalogDashboard } from '../../catalog/catalog.ts';
import type {
  MetricPanelSource,
  Panel,
  PanelSource,
  ReportPanelSource,
} from '../../domain/dashboards/dashboard.ts';
import { alertColumns, runColumns } from '../../domain/dashboards/view-columns.ts';
import type { ReportColumn, ReportRow } from '../../domain/reports/report.ts';
import { groundOf } from '../../grafana/ground.ts';
import { type GatherInput, gatherMetrics } from '../gather.ts';
import { columnOf, nameIn, type PanelTable } from './panel-table.ts';

export interface PanelTools {
  readonly catalog: Catalog;
  readonly databases: GatherInput['databases'];
  readonly runReport: RunReport;
}

const LOOK_MS = 10_000;

const look = () => ({ timeoutMs: LOOK_MS, signal: AbortSignal.timeout(2 * LOOK_MS) });

const reportOf = ({ catalog }: PanelTools, pack: string, name: string) => {
  const found = catalog.reports.find((each) => each.pack === pack && each.name === name);
  if (!found) throw new Error(`there is no report ${pack}/report/${name}`);
  return found;
};

type Asked = Pick<ReportPanelSource, 'report' | 'params'>;

const tableOf = async (tools: PanelTools, pack: string, { report, params }: Asked) => {
  const answer = await tools.runReport({ report: reportOf(tools, pack, report), params });
  return answer.tables[0];
};

const ofReport = async (tools: PanelTools, pack: string, source: ReportPanelSource): Promise<PanelTable> => {
  const { columns, rows } = await tableOf(tools, pack, source);
  const { x, y, series, until, state } = source;
  return {
    columns,
    rows,
    y: y ?? columns.map(({ name }) => name),
    ...(x && { x }),
    ...(series && { series }),
    ...(until && { until }),
    ...(state && { state }),
  };
};

const asked = async (
  pool: GatherInput['databases']['home'],
  sql: string,
  columns: readonly ReportColumn[],
): Promise<readonly ReportRow[]> => {
  const { rows } = await askStatements(pool, look(), { statements: [{ sql, columns }], bindings: {} });
  return rows[0] ?? [];
};

type ViewSource = Exclude<PanelSource, ReportPanelSource | MetricPanelSource>;

const ofView = async (tools: PanelTools, pack: string, source: ViewSource): Promise<PanelTable> => {
  const { rules } = groundOf(tools.catalog, { pack });
  const isOfAlerts = 'alerts' in source;
  const sql = isOfAlerts ? alertsSql(pack, source, rules) : runsSql(pack, source);
  const columns = (isOfAlerts ? alertColumns(source) : runColumns(source)).map(({ name, type }) =>
    columnOf(name, type),
  );
  const rows = await asked(tools.databases.home, sql, columns);
  const all = columns.map(({ name }) => name);
  if (!isOfAlerts) return { columns, rows, x: 'day', y: source.y ?? all.filter((name) => name !== 'day') };
  const lane = source.alerts === 'states' ? 'alert' : 'incident';
  return { columns, rows, y: all, x: 'opened_at', until: 'until', state: 'state', series: [lane] };
};

/** Added up over the labels that do not tell series apart. */
const summed = (
  rows: readonly {
    readonly at: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[],
  series: readonly string[],
): readonly ReportRow[] => {
  const sums = new Map<string, { at: string; value: number; labels: Readonly<Record<string, string>> }>();
  for (const { at, labels, value } of rows) {
    const own = Object.fromEntries(series.map((label) => [label, labels[label] ?? '–']));
    const key = `${at} ${nameIn(own, series)}`;
    sums.set(key, { at, labels: own, value: value + (sums.get(key)?.value ?? 0) });
  }
  return [...sums.values()].map(({ at, labels, value }) => ({ at, ...labels, value }));
};

const metricColumns = (series: readonly string[]): readonly ReportColumn[] => [
  columnOf('at', 'instant'),
  ...series.map((label) => columnOf(label, 'text')),
  columnOf('value', 'number', 2),
];

const ofMetric = async (
  tools: PanelTools,
  {
    pack,
    panel,
    rangeSeconds,
  }: { readonly pack: string; readonly panel: Panel; readonly rangeSeconds: number },
  { metric: name, series }: MetricPanelSource,
): Promise<PanelTable> => {
  const metric = tools.catalog.metrics.find((each) => each.pack === pack && each.name === name)?.metric;
  if (panel.visual === 'histogram' && metric && 'sql' in metric.from) {
    const pool = tools.databases.of(pack, metric.from.database);
    if (!pool) throw new Error(`pack ${pack} has no database ${metric.from.database} here`);
    const columns = [columnOf('bucket', 'text'), columnOf('observations', 'count')];
    const rows = await asked(pool, barsSql({ ...metric, from: metric.from }), columns);
    return { columns, rows, x: 'bucket', y: ['observations'] };
  }
  const columns = metricColumns(series);
  const shape = { columns, x: 'at', y: ['value'], ...(series.length > 0 && { series }) };
  if (panel.visual === 'line' && metric && 'monitor' in metric.from) {
    const { monitor, measure } = metric.from;
    const samples = await lookReadOnly(tools.databases.home, look(), (tx) =>
      readSamplesWithin(tx, { pack, monitor, measure }, panel.spanSeconds ?? rangeSeconds),
    );
    return { ...shape, rows: summed(samples, series) };
  }
  const { gathered } = await gatherMetrics(tools);
  const at = new Date().toISOString();
  const found = gathered.flatMap((each) => (each.name === name ? each.values : []));
  // Of a histogram not of SQL: its buckets, as they are counted, cumulative.
  if (panel.visual === 'histogram') {
    const own = found.filter(({ labels, part }) => labels['pack'] === pack && part === 'bucket');
    const rows = summed(
      own.map(({ labels, value }) => ({ at, labels, value })),
      ['le'],
    );
    return { columns: metricColumns(['le']), rows, x: 'le', y: ['value'] };
  }
  const own = found.filter(({ labels }) => labels['pack'] === pack);
  return {
    ...shape,
    rows: summed(
      own.map(({ labels, value }) => ({ at, labels, value })),
      series,
    ),
  };
};

/** In the order of its sources, then its guides that are no plain numbers. */
export const loadPanel = async (
  tools: PanelTools,
  { pack, dashboard }: CatalogDashboard,
  panel: Panel,
): Promise<readonly PanelTable[]> => {
  const { rangeSeconds } = dashboard;
  const sources = panel.sources.map((source) => {
    if ('report' in source) return ofReport(tools, pack, source);
    return 'metric' in source
      ? ofMetric(tools, { pack, panel, rangeSeconds }, source)
      : ofView(tools, pack, source);
  });
  const guides = panel.guides.flatMap((guide) =>
    'at' in guide
      ? []
      : [
          tableOf(tools, pack, guide).then(({ columns, rows }): PanelTable => {
            const times = (value: unknown): number | null =>
              typeof value === 'number' ? value * guide.times : null;
            return {
              columns,
              rows: rows.map((row) => ({ ...row, [guide.y]: times(row[guide.y]) })),
              y: [guide.y],
              guide: guide.label,
              ...(guide.series && { series: guide.series }),
            };
          }),
        ],
  );
  return Promise.all([...sources, ...guides]);
};
