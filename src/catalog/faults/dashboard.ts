// What a dashboard says of the rest of its pack: reports with their columns and parameters, metrics, jobs, databases; and
// whether a panel's visual can draw what its source brings.
import {
  type AlertsPanelSource,
  type Guide,
  type Panel,
  type PanelSource,
  panelsOf,
  type ReportPanelSource,
  type RunsPanelSource,
  type Visual,
} from '../../domain/dashboards/dashboard.ts';
import { alertColumns, runColumns } from '../../domain/dashboards/view-columns.ts';
import type { CheckedDashboard } from '../schema/dashboards.ts';
import type { CheckedMetric } from '../schema/metrics.ts';
import type { CheckedReport } from '../schema/reports.ts';
import type { Fault } from './fault.ts';

/** What a dashboard may name: names as they were written, so that nothing with a fault of its own is told to be unknown. */
export interface DashboardGround {
  /** Those that are sound. */
  readonly reports: readonly CheckedReport[];
  readonly metrics: readonly CheckedMetric[];
  readonly names: {
    readonly reports: readonly string[];
    readonly metrics: readonly string[];
    readonly jobs: readonly string[];
  };
}

interface Column {
  readonly name: string;
  readonly type: string;
}

const NUMBERS = ['count', 'number', 'percent', 'milliseconds', 'seconds', 'hours'];
const INSTANTS = ['instant', 'date'];

/** The engine's own; see src/gateway/engine-metrics.ts. */
const OPEN_ALERTS = { name: 'alerts_open', type: 'gauge', labels: ['alert', 'severity'] };

/** What each visual needs of a report, besides columns that are there. */
const NEEDS: Readonly<Partial<Record<Visual, readonly ('x' | 'y' | 'series' | 'state')[]>>> = {
  stat: ['y'],
  gauge: ['y'],
  line: ['x', 'y'],
  bars: ['x', 'y'],
  histogram: ['x', 'y'],
  pie: ['x', 'y'],
  timeline: ['x', 'series', 'state'],
  'status-map': ['series', 'state'],
};

const LISTS: readonly Visual[] = ['table', 'list', 'log'];

const list = (names: readonly string[]): string => names.join(', ') || 'none';

const fault = (place: string, rule: string, value?: string): Fault => ({
  place,
  rule,
  ...(value !== undefined && { value: JSON.stringify(value) }),
});

/** None where it is there and has faults of its own. */
const unknownName = (
  place: string,
  what: string,
  names: readonly string[],
  value: string,
): readonly Fault[] =>
  names.includes(value) ? [] : [fault(place, `must be ${what} of the pack (${list(names)})`, value)];

const unknownColumns = (
  place: string,
  columns: readonly Column[],
  named: readonly string[],
): readonly Fault[] =>
  named
    .filter((name) => !columns.some((column) => column.name === name))
    .map((name) => fault(place, `must be a column (${list(columns.map((column) => column.name))})`, name));

const notOfType = (
  place: string,
  {
    columns,
    named,
    types,
    words,
  }: { columns: readonly Column[]; named: readonly string[]; types: readonly string[]; words: string },
): readonly Fault[] =>
  named
    .filter((name) => columns.some((column) => column.name === name && !types.includes(column.type)))
    .map((name) => fault(place, `must be ${words}`, name));

const unknownParams = (
  { params }: Pick<ReportPanelSource, 'params'>,
  report: CheckedReport,
  place: string,
): readonly Fault[] =>
  Object.keys(params)
    .filter((name) => !(name in report.params))
    .map((name) =>
      fault(
        `${place}.params.${name}`,
        `must be a parameter of the report (${list(Object.keys(report.params))})`,
      ),
    );

const reportFaults = (
  source: ReportPanelSource,
  { visual }: Panel,
  ground: DashboardGround,
  place: string,
): readonly Fault[] => {
  const report = ground.reports.find(({ name }) => name === source.report);
  if (!report) return unknownName(`${place}.report`, 'a report', ground.names.reports, source.report);
  const { columns } = report;
  const { x, y = [], series = [], until, state } = source;
  const named = [x, ...y, ...series, until, state].filter((name) => name !== undefined);
  const missing = (NEEDS[visual] ?? []).filter((field) => source[field] === undefined);
  const drawsNumbers = !LISTS.includes(visual) && visual !== 'timeline' && visual !== 'status-map';
  const instants = [...(visual === 'line' || visual === 'timeline' ? [x] : []), until].filter(
    (name) => name !== undefined,
  );
  return [
    ...unknownParams(source, report, place),
    ...missing.map((field) => fault(`${place}.${field}`, `must be there: ${visual} draws by it`)),
    ...unknownColumns(place, columns, named),
    ...(drawsNumbers
      ? notOfType(`${place}.y`, { columns, named: y, types: NUMBERS, words: 'a column of numbers' })
      : []),
    ...notOfType(place, {
      columns,
      named: instants,
      types: INSTANTS,
      words: 'a column of instants or dates',
    }),
    ...((visual === 'stat' || visual === 'gauge') && y.length > 1
      ? [fault(`${place}.y`, 'must be one column')]
      : []),
  ];
};

const metricFaults = (
  { metric, series }: Extract<PanelSource, { metric: string }>,
  { visual }: Panel,
  ground: DashboardGround,
  place: string,
): readonly Fault[] => {
  const found = [OPEN_ALERTS, ...ground.metrics].find(({ name }) => name === metric);
  const known = [OPEN_ALERTS.name, ...ground.names.metrics];
  if (!found) return unknownName(`${place}.metric`, 'a metric', known, metric);
  const labels = [...found.labels];
  const drawn: readonly Visual[] = ['stat', 'gauge', 'line', 'bars', 'pie', 'histogram'];
  return [
    ...series
      .filter((each) => !labels.includes(each))
      .map((each) => fault(`${place}.series`, `must be a label of the metric (${list(labels)})`, each)),
    ...(drawn.includes(visual)
      ? []
      : [fault(`${place}.metric`, `cannot be drawn as ${visual}: use a report`)]),
    ...((visual === 'histogram') === (found.type === 'histogram')
      ? []
      : [
          fault(
            `${place}.metric`,
            visual === 'histogram'
              ? 'must be a histogram'
              : 'is a histogram, and can be drawn as nothing else',
            metric,
          ),
        ]),
  ];
};

const viewFaults = (
  source: AlertsPanelSource | RunsPanelSource,
  { visual }: Panel,
  { names: { jobs } }: DashboardGround,
  place: string,
): readonly Fault[] => {
  const kind = 'alerts' in source ? source.alerts : source.runs;
  const drawnAs: Readonly<Record<string, readonly Visual[]>> = {
    history: LISTS,
    states: [...LISTS, 'status-map'],
    incidents: [...LISTS, 'timeline'],
    'by-day': [...LISTS, 'line', 'bars'],
    errors: LISTS,
  };
  const fits = drawnAs[kind]?.includes(visual) ?? false;
  const columns = 'alerts' in source ? alertColumns(source) : runColumns(source);
  const { y = [], jobs: named = [] } = 'runs' in source ? source : {};
  return [
    ...(fits ? [] : [fault(place, `must be drawn as ${list(drawnAs[kind] ?? [])}`, visual)]),
    ...unknownColumns(`${place}.y`, columns, y),
    ...named
      .filter((each) => !jobs.includes(each))
      .map((each) => fault(`${place}.jobs`, `must be jobs of the pack (${list(jobs)})`, each)),
  ];
};

const guideFaults = (guide: Guide, ground: DashboardGround, place: string): readonly Fault[] => {
  if ('at' in guide) return [];
  const report = ground.reports.find(({ name }) => name === guide.report);
  if (!report) return unknownName(`${place}.report`, 'a report', ground.names.reports, guide.report);
  return [
    ...unknownParams(guide, report, place),
    ...unknownColumns(place, report.columns, [guide.y, ...(guide.series ?? [])]),
  ];
};

/** `place` is the dashboard's. */
export const dashboardFaults = (
  dashboard: CheckedDashboard,
  ground: DashboardGround,
  place: string,
): readonly Fault[] =>
  panelsOf(dashboard).flatMap((panel) => {
    const at = `${place}.${panel.title}`;
    const sources = panel.sources.flatMap((source, index): readonly Fault[] => {
      const here = index === 0 ? `${at}.source` : `${at}.also.${index - 1}`;
      if ('report' in source) return reportFaults(source, panel, ground, here);
      if ('metric' in source) return metricFaults(source, panel, ground, here);
      return viewFaults(source, panel, ground, here);
    });
    const guides = panel.guides.flatMap((guide, index) =>
      guideFaults(guide, ground, `${at}.guides.${index}`),
    );
    const [source] = panel.sources;
    const drawn = 'report' in source ? (source.y ?? []) : [];
    const marks = panel.marks
      .filter(({ of }) => panel.visual !== 'bars' || !drawn.includes(of))
      .map(({ of }) => fault(`${at}.marks`, 'must be of a column that is drawn as bars', of));
    const misplaced = panel.guides.length > 0 && !['line', 'histogram', 'bars'].includes(panel.visual);
    return [
      ...sources,
      ...guides,
      ...marks,
      ...(misplaced ? [fault(`${at}.guides`, 'must stand on a line or on bars', panel.visual)] : []),
    ];
  });
