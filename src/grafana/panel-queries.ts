// What a panel asks, in Grafana's terms: SQL of a report, of a view or of a histogram's observations, or PromQL.
import { alertsSql, runsSql } from '../adapters/postgres/dashboards/view-sql.ts';
import { barsSql } from '../adapters/postgres/metrics/observed.ts';
import {
  type Guide,
  type MetricPanelSource,
  type Panel,
  type PanelSource,
  type ReportPanelSource,
} from '../domain/dashboards/dashboard.ts';
import { alertColumns, runColumns } from '../domain/dashboards/view-columns.ts';
import type { Ground } from './ground.ts';
import { levelLine, type Shaped, shapedFor } from './panel-sql.ts';
import { reportSqlOf } from './report-sql.ts';
import { HOME, type Source } from './sources.ts';

interface Asked {
  readonly source: Source;
  /** Drawn dashed: something to hold the others against. */
  readonly isGuide: boolean;
  /** What Grafana cannot know of it. */
  readonly missing: readonly string[];
}

export interface SqlQuery extends Asked {
  readonly sql: string;
  readonly format: 'table' | 'time_series';
}

interface PromQuery extends Asked {
  readonly expr: string;
  readonly legend: string;
  /** One instant instead of a range. */
  readonly instant: boolean;
  /** Series by `le`, as bars. */
  readonly buckets: boolean;
}

export type PanelQuery = SqlQuery | PromQuery;

const reportOf = ({ reports }: Ground, name: string) => {
  const found = reports.find((each) => each.name === name);
  if (!found) throw new Error(`there is no report ${name}`);
  return found;
};

const shapedReport = (source: Pick<ReportPanelSource, 'report' | 'params'>, ground: Ground) => {
  const declared = reportOf(ground, source.report);
  const { report } = declared;
  const { sql, missing } = reportSqlOf(declared, source.params, ground.jobs);
  const columns = report.columns.map(({ name }) => name);
  return { shaped: { sql, columns }, database: report.database, missing };
};

const ofReport = (source: ReportPanelSource, { visual, marks }: Panel, ground: Ground): SqlQuery => {
  const { shaped, database, missing } = shapedReport(source, ground);
  const { x, y, series, until, state } = source;
  const roles = {
    ...(x && { x }),
    ...(y && { y }),
    ...(series && { series }),
    ...(until && { until }),
    ...(state && { state }),
    marks,
  };
  return { ...shapedFor(visual, { ...shaped, ...roles }), source: { database }, isGuide: false, missing };
};

const matchers = (pack: string): string => `{pack="${pack}"}`;

const ofMetric = (
  { metric: name, series }: MetricPanelSource,
  { visual }: Panel,
  { metrics, pack }: Ground,
): PanelQuery => {
  const metric = metrics.find((each) => each.name === name)?.metric;
  const common = { isGuide: false, missing: [] };
  if (visual === 'histogram' && metric) {
    if ('sql' in metric.from)
      return {
        ...common,
        ...shapedFor('histogram', {
          sql: barsSql({ ...metric, from: metric.from }),
          columns: ['bucket', 'observations'],
          x: 'bucket',
          y: ['observations'],
        }),
        source: { database: metric.from.database },
      };
    const expr = `sum by (le) (${name}_bucket${matchers(pack.name)})`;
    return { ...common, source: { prometheus: true }, expr, legend: '{{le}}', instant: true, buckets: true };
  }
  const by = series.length > 0 ? ` by (${series.join(', ')})` : '';
  const value =
    metric?.type === 'counter'
      ? `increase(${name}${matchers(pack.name)}[1h])`
      : `${name}${matchers(pack.name)}`;
  return {
    ...common,
    source: { prometheus: true },
    expr: `sum${by} (${value})`,
    legend: series.length > 0 ? series.map((label) => `{{${label}}}`).join(' ') : name,
    instant: visual !== 'line',
    buckets: false,
  };
};

/** Columns by the part that they have in every view of that kind. */
const ofView = (
  source: Exclude<PanelSource, ReportPanelSource | MetricPanelSource>,
  { visual }: Panel,
  { pack, rules }: Ground,
): SqlQuery => {
  const isOfAlerts = 'alerts' in source;
  const sql = isOfAlerts ? alertsSql(pack.name, source, rules) : runsSql(pack.name, source);
  const columns = (isOfAlerts ? alertColumns(source) : runColumns(source)).map(({ name }) => name);
  const y = isOfAlerts ? undefined : source.y;
  const shaped: Shaped = {
    sql,
    columns,
    ...(isOfAlerts
      ? {
          x: 'opened_at',
          series: [source.alerts === 'states' ? 'alert' : 'incident'],
          until: 'until',
          state: 'state',
        }
      : { x: 'day' }),
    ...(y ? { y } : visual === 'line' || visual === 'bars' ? { y: ['runs', 'failed', 'deleted'] } : {}),
  };
  return { ...shapedFor(visual, shaped), source: { database: HOME }, isGuide: false, missing: [] };
};

const ofGuide = (guide: Exclude<Guide, { at: number }>, ground: Ground): SqlQuery => {
  const { shaped, database, missing } = shapedReport(guide, ground);
  const { label, times, y, series } = guide;
  const line = levelLine({ ...shaped, y: [y], ...(series && { series }) }, { label, times });
  return { ...line, source: { database }, isGuide: true, missing };
};

/** In the order of its sources, then its guides. */
export const panelQueries = (panel: Panel, ground: Ground): readonly PanelQuery[] => [
  ...panel.sources.map((source) => {
    if ('report' in source) return ofReport(source, panel, ground);
    return 'metric' in source ? ofMetric(source, panel, ground) : ofView(source, panel, ground);
  }),
  ...panel.guides.flatMap((guide) => ('at' in guide ? [] : [ofGuide(guide, ground)])),
];
