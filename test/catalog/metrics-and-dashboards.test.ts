// Metrics and dashboards are checked when they are declared: a name that Prometheus would mind, a panel that could never
// show anything, are faults and no surprise on the wall.
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { renderFault } from '../../src/catalog/faults/fault.ts';
import { sharedMetricFaults } from '../../src/catalog/faults/metric.ts';
import { nameFindings } from '../../src/domain/metrics/lint.ts';
import {
  type DashboardDefinition,
  type Declarations,
  defineDashboard,
  defineMetric,
  defineReport,
  type MetricDefinition,
  type PanelDefinition,
} from '../../src/index.ts';
import { band, faultsOf, monitor, rule, SQL } from '../support/monitors/declared-monitors.ts';
import { draftCatalog } from '../support/packs/draft-pack.ts';
import { slaCatalog } from '../support/packs/sla-pack.ts';

const LABELLED = { ...SQL, sql: "SELECT 1 AS value, 'a' AS shop", labels: ['shop'], keep: true } as const;

const ground: Declarations = {
  monitors: [
    monitor([rule([band({ measure: 'a', above: 1 })])], { measures: { a: SQL, by_shop: LABELLED } }),
  ],
  reports: [
    defineReport({
      name: 'trend',
      title: 'Trend',
      purpose: 'Sales by day.',
      database: 'app',
      sql: 'SELECT day, shop, sold FROM sales WHERE days > :days',
      params: { days: { type: 'integer', about: 'how many', default: 7 } },
      columns: [
        { name: 'day', type: 'date' },
        { name: 'shop', type: 'text' },
        { name: 'sold', type: 'count' },
      ],
      sample: [{ day: '2026-02-10', shop: 'a', sold: 1 }],
      hint: 'Look at the till',
    }),
  ],
};

const metric = (change: Partial<MetricDefinition>): MetricDefinition =>
  defineMetric({
    name: 'shop_sold',
    type: 'gauge',
    help: 'Sold.',
    unit: 'pieces',
    from: { monitor: 'pollution', measure: 'a' },
    ...change,
  });

const ofMetric = (change: Partial<MetricDefinition>): readonly string[] =>
  faultsOf({ ...ground, metrics: [metric(change)] }).map((fault) =>
    fault.replace(/^garden\/metric\/\w+/, ''),
  );

describe('a metric', () => {
  it.each<[string, Partial<MetricDefinition>]>([
    ['of a measure', {}],
    ['of a labelled measure', { labels: ['shop'], from: { monitor: 'pollution', measure: 'by_shop' } }],
    ['of runs', { name: 'shop_runs_total', type: 'counter', labels: ['job'], from: { runs: 'count' } }],
    [
      'of how long runs took',
      { name: 'shop_run_seconds', type: 'histogram', buckets: [1, 5], from: { runs: 'seconds' } },
    ],
    ['of a statement', { from: { database: 'app', sql: 'SELECT 1 AS value' } }],
    ['whose name somebody else has fixed', { name: 'shop_percent', nameIsFixed: true }],
  ])('%s is sound', (_, change) => {
    expect(ofMetric(change)).toEqual([]);
  });

  it.each<[string, Partial<MetricDefinition>, RegExp]>([
    ['a name that Prometheus does not know', { name: '9 lives' }, /must be a name that Prometheus knows/],
    ['a name of the engine’s', { name: 'sexton_runs' }, /those are the engine’s/],
    [
      'a counter without _total',
      { name: 'shop_runs', type: 'counter' },
      /should end with _total.*say nameIsFixed/,
    ],
    ['a fixed name that no lint minds', { nameIsFixed: true }, /nameIsFixed: must be left out/],
    ['the label pack', { labels: ['pack'] }, /must not be le or pack/],
    [
      'a histogram without edges',
      { type: 'histogram', from: { database: 'app', sql: 'SELECT 1 AS value' } },
      /buckets: must be there/,
    ],
    [
      'edges that fall',
      { type: 'histogram', buckets: [5, 1], from: { database: 'app', sql: 'SELECT 1 AS value' } },
      /ascending/,
    ],
    [
      'a fraction of a second of retired runs',
      { type: 'histogram', buckets: [0.5], from: { runs: 'seconds' } },
      /whole seconds/,
    ],
    [
      'a monitor that is not there',
      { from: { monitor: 'noise', measure: 'a' } },
      /must name a monitor of the pack \(pollution\), got "noise"/,
    ],
    [
      'a measure that is not there',
      { from: { monitor: 'pollution', measure: 'z' } },
      /a measure of that monitor \(a, by_shop\)/,
    ],
    [
      'a label that would double series',
      { from: { monitor: 'pollution', measure: 'by_shop' } },
      /must name shop, which tells its series apart/,
    ],
    [
      'another clock',
      { from: { database: 'app', sql: 'SELECT now() AS value' } },
      /sexton\.now\(\) and no other clock/,
    ],
    [
      'a database that is not there',
      { from: { database: 'far', sql: 'SELECT 1 AS value' } },
      /must name a database of the pack \(app\)/,
    ],
    ['no source', { from: {} as never }, /must say monitor, check, runs or sql/],
  ])('is at fault for %s', (_, change, fault) => {
    expect(ofMetric(change).join('\n')).toMatch(fault);
  });

  it.each([
    ['health_check_latency_ms', 'gauge', 1],
    ['draft_pollution_percentage', 'gauge', 1],
    ['cleanup_lock_acquisition_failures', 'counter', 1],
    ['draft_total', 'gauge', 1],
    ['cleanup_runs_total', 'counter', 0],
    ['cleanup_duration', 'histogram', 0],
  ] as const)('%s, a %s, has %i findings of a lint', (name, type, count) => {
    expect(nameFindings(name, type)).toHaveLength(count);
  });
});

const panel = (change: Partial<PanelDefinition>): DashboardDefinition =>
  defineDashboard({
    name: 'wall',
    title: 'Wall',
    summary: 'What is sold',
    rows: [
      {
        title: 'Row',
        panels: [
          {
            title: 'Sold',
            visual: 'line',
            source: { report: 'trend', x: 'day', y: 'sold', series: 'shop' },
            ...change,
          },
        ],
      },
    ],
  });

const ofPanel = (change: Partial<PanelDefinition>): readonly string[] =>
  faultsOf({ ...ground, metrics: [metric({})], dashboards: [panel(change)] }).map((fault) =>
    fault.replace('garden/dashboard/wall.Sold', ''),
  );

describe('a panel', () => {
  it.each<[string, Partial<PanelDefinition>]>([
    ['a line of a report', {}],
    ['a line of a metric', { source: { metric: 'shop_sold' } }],
    ['open alerts by severity', { visual: 'bars', source: { metric: 'alerts_open', series: 'severity' } }],
    ['a table of a report', { visual: 'table', source: { report: 'trend', params: { days: 3 } } }],
    ['states of every rule', { visual: 'status-map', source: { alerts: 'states' } }],
    ['incidents', { visual: 'timeline', source: { alerts: 'incidents' } }],
    ['runs by day', { visual: 'bars', source: { runs: 'by-day', within: '30d' } }],
  ])('of %s is sound', (_, change) => {
    expect(ofPanel(change)).toEqual([]);
  });

  it.each<[string, Partial<PanelDefinition>, RegExp]>([
    [
      'a report that is not there',
      { source: { report: 'past', x: 'day', y: 'sold' } },
      /must be a report of the pack \(trend\), got "past"/,
    ],
    [
      'a column that is not there',
      { source: { report: 'trend', x: 'day', y: 'bought' } },
      /must be a column \(day, shop, sold\), got "bought"/,
    ],
    [
      'a parameter that is not there',
      { source: { report: 'trend', params: { weeks: 1 }, x: 'day', y: 'sold' } },
      /params\.weeks: must be a parameter of the report \(days\)/,
    ],
    [
      'words drawn as a line',
      { source: { report: 'trend', x: 'day', y: 'shop' } },
      /must be a column of numbers, got "shop"/,
    ],
    [
      'a line along words',
      { source: { report: 'trend', x: 'shop', y: 'sold' } },
      /must be a column of instants or dates, got "shop"/,
    ],
    [
      'a line along nothing',
      { source: { report: 'trend', y: 'sold' } },
      /source\.x: must be there: line draws by it/,
    ],
    [
      'a metric that is not there',
      { source: { metric: 'shop_bought' } },
      /must be a metric of the pack \(alerts_open, shop_sold\)/,
    ],
    [
      'a label that is not there',
      { source: { metric: 'shop_sold', series: 'shop' } },
      /must be a label of the metric \(none\)/,
    ],
    [
      'a gauge without a range',
      { visual: 'gauge', source: { report: 'trend', y: 'sold' } },
      /range: must be there of a gauge/,
    ],
    [
      'a timeline of states',
      { visual: 'timeline', source: { alerts: 'states' } },
      /must be drawn as table, list, log, status-map/,
    ],
    [
      'limits that fall',
      {
        thresholds: [
          { above: 5, colour: 'red' },
          { above: 1, colour: 'green' },
        ],
      },
      /thresholds: must be ascending/,
    ],
    [
      'a guide on a table',
      { visual: 'table', source: { report: 'trend' }, guides: [{ label: 'a', at: 1 }] },
      /guides: must stand on a line or on bars/,
    ],
  ])('is at fault for %s', (_, change, fault) => {
    expect(ofPanel(change).join('\n')).toMatch(fault);
  });

  it('has its own refresh, else its row’s, else the dashboard’s', () => {
    expect(
      faultsOf({
        ...ground,
        dashboards: [
          { ...panel({ refresh: '1h' }), refresh: '5m' },
          { ...panel({}), name: 'wall' },
        ],
      }),
    ).toEqual(['garden/dashboard/wall: is named twice in its pack']);
  });
});

describe('names that a specification fixes against the lint', () => {
  const accepted = ({ metrics }: Pick<Catalog, 'metrics'>): readonly string[] =>
    metrics.flatMap(({ name, metric: { nameIsFixed } }) => (nameIsFixed ? [name] : []));

  it('are these and no others', () => {
    expect(accepted(slaCatalog())).toEqual(['cleanup_lock_acquisition_failures', 'health_check_latency_ms']);
    expect(accepted(draftCatalog())).toEqual([
      'draft_total',
      'draft_pollution_percentage',
      'draft_age_count',
      'cleanup_hours_since_last_run',
      'cleanup_hours_without_first_run',
    ]);
  });
});

describe('packs that share a name', () => {
  it('must mean the same kind of thing by it', () => {
    const of = (pack: string, type: 'gauge' | 'counter') => ({ pack, metric: { name: 'runs', type } });
    expect(sharedMetricFaults([of('a', 'gauge'), of('b', 'gauge')])).toEqual([]);
    expect(sharedMetricFaults([of('a', 'gauge'), of('b', 'counter')]).map(renderFault)).toEqual([
      'b/metric/runs.type: must be gauge, as it is in pack a: a name has one type, got "counter"',
    ]);
  });
});
