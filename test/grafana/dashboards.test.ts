// Dashboards as Grafana gets them: built by Grafana's own SDK, laid out without overlap, each panel with the visual, limits
// and sources that were declared. Grafana itself cannot be run where the suite runs.
import { describe, expect, it } from 'vitest';
import { type Catalog, findDashboard } from '../../src/catalog/catalog.ts';
import { grafanaDashboard } from '../../src/grafana/dashboard.ts';
import { dashboardFiles } from '../../src/grafana/files.ts';
import { groundOf } from '../../src/grafana/ground.ts';
import { nextAbove } from '../../src/grafana/looks.ts';
import { draftCatalog } from '../support/packs/draft-pack.ts';
import { selectorsIn } from '../support/packs/promql.ts';
import { slaCatalog } from '../support/packs/sla-pack.ts';

interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly rawSql?: string;
  readonly expr?: string;
  readonly format?: string;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
  readonly timeFrom?: string;
  readonly queryCachingTTL?: number;
  readonly description?: string;
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly min?: number;
      readonly max?: number;
      readonly thresholds?: {
        readonly steps: readonly { readonly value: number | null; readonly color: string }[];
      };
      readonly custom?: { readonly thresholdsStyle?: { readonly mode: string } };
      readonly mappings?: readonly {
        readonly options: Readonly<Record<string, { readonly color: string }>>;
      }[];
    };
    readonly overrides: readonly { readonly matcher: { readonly id: string; readonly options: string } }[];
  };
}

interface Rendered {
  readonly uid: string;
  readonly title: string;
  readonly refresh: string;
  readonly schemaVersion: number;
  readonly editable: boolean;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
}

const drafts = draftCatalog();
const slas = slaCatalog();

/** As it is written to a file. */
const rendered = (catalog: Catalog, name: string): Rendered => {
  const found = findDashboard(catalog, name);
  return JSON.parse(JSON.stringify(grafanaDashboard(found, groundOf(catalog, found))));
};

const ALL: readonly (readonly [string, Catalog])[] = [
  ['cleanup_job_performance', slas],
  ['manual_resolution_queue', slas],
  ['health_checks', slas],
  ['minimal', drafts],
  ['production', drafts],
];

const shown = ({ panels }: Rendered): readonly Panel[] => panels.filter(({ type }) => type !== 'row');
const named = (dashboard: Rendered, title: string): Panel => {
  const found = dashboard.panels.find((panel) => panel.title === title);
  if (!found) throw new Error(`no panel ${title}`);
  return found;
};
const steps = (panel: Panel) =>
  (panel.fieldConfig?.defaults.thresholds?.steps ?? []).map(({ value, color }) => [value, color]);

describe.each(ALL)('%s', (name, catalog) => {
  const dashboard = rendered(catalog, name);

  it('has what Grafana needs to import and provision it (DRAFT-82)', () => {
    expect(dashboard.uid).toMatch(/^[a-z0-9_-]{1,40}$/);
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(dashboard.editable).toBe(false);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(gridPos.h).toBeGreaterThan(0);
    }
    for (const [place, a] of dashboard.panels.entries())
      for (const b of dashboard.panels.slice(place + 1)) {
        const apart =
          a.gridPos.x + a.gridPos.w <= b.gridPos.x ||
          b.gridPos.x + b.gridPos.w <= a.gridPos.x ||
          a.gridPos.y + a.gridPos.h <= b.gridPos.y ||
          b.gridPos.y + b.gridPos.h <= a.gridPos.y;
        expect([a.title, b.title, apart]).toEqual([a.title, b.title, true]);
      }
  });

  it('asks every panel of a source that a variable of the dashboard holds, in SQL or sound PromQL', () => {
    const variables = dashboard.templating.list.map((each) => `\${${each.name}} ${each.query}`);
    for (const { title, targets = [] } of shown(dashboard)) {
      expect([title, targets.length > 0]).toEqual([title, true]);
      for (const { datasource, rawSql, expr } of targets) {
        expect(variables).toContain(`${datasource.uid} ${datasource.type}`);
        if (datasource.type === 'prometheus') expect(selectorsIn(expr ?? '').length).toBeGreaterThan(0);
        else expect(rawSql).toMatch(/^SELECT /);
      }
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
    }
  });

  it('is the same bytes for the same declarations', () => {
    const [first, again] = [dashboardFiles(catalog), dashboardFiles(catalog)];
    expect(first).toEqual(again);
  });
});

describe('the SLA dashboards', () => {
  it.each([
    [
      'Utilization over time',
      'timeseries',
      [
        ['transparent', null],
        ['yellow', 80],
        ['red', 100],
      ],
    ],
    [
      'Success rate by job',
      'timeseries',
      [
        ['transparent', null],
        ['red', 0.95],
      ],
    ],
  ] as const)('draw %s as lines with guides at the limits (SLA-85)', (title, type, levels) => {
    const panel = named(rendered(slas, 'cleanup_job_performance'), title);
    expect(panel.type).toBe(type);
    expect(steps(panel)).toEqual(levels.map(([colour, value]) => [value, colour]));
    expect(panel.fieldConfig?.defaults.custom?.thresholdsStyle?.mode).toBe('line');
    expect(panel.targets?.[0]?.rawSql).toContain('"job"::text AS metric');
  });

  it('draw throughput with half of each job’s baseline dashed, and durations with p50, p95 and p99 (SLA-85)', () => {
    const dashboard = rendered(slas, 'cleanup_job_performance');
    const throughput = named(dashboard, 'Throughput by job');
    expect(throughput.targets?.[1]?.rawSql).toContain('"baseline_throughput_per_hour" * 0.5 AS value');
    expect(throughput.fieldConfig?.overrides[0]?.matcher).toEqual({ id: 'byFrameRefID', options: 'B' });
    const durations = named(dashboard, 'Duration distribution');
    expect(durations.type).toBe('barchart');
    for (const mark of ['p50', 'p95', 'p99']) expect(durations.targets?.[0]?.rawSql).toContain(`' ${mark}'`);
  });

  it('draw the queue as depth with guides, ages by bars, resolution with half its average, and priorities as a pie (SLA-86)', () => {
    const dashboard = rendered(slas, 'manual_resolution_queue');
    expect(shown(dashboard).map(({ title, type }) => [title, type])).toEqual([
      ['Depth over time', 'timeseries'],
      ['Age distribution', 'barchart'],
      ['Resolution rate', 'timeseries'],
      ['Items by priority', 'piechart'],
    ]);
    expect(steps(named(dashboard, 'Depth over time')).map(([value]) => value)).toEqual([null, 100, 500]);
    expect(named(dashboard, 'Depth over time').targets?.[0]?.expr).toBe(
      'sum (manual_resolution_queue_depth{pack="sla-monitoring"})',
    );
    expect(named(dashboard, 'Resolution rate').targets?.[1]?.rawSql).toContain(
      '"avg_resolved_per_day" * 0.5',
    );
  });

  it('draw dependencies as a coloured table, latencies as bars, alerts as a timeline (SLA-87)', () => {
    const dashboard = rendered(slas, 'health_checks');
    expect(shown(dashboard).map(({ title, type }) => [title, type])).toEqual([
      ['Dependency status', 'table'],
      ['Latency by dependency', 'barchart'],
      ['Alert history', 'state-timeline'],
    ]);
    const [mapping] = named(dashboard, 'Dependency status').fieldConfig?.defaults.mappings ?? [];
    expect(Object.entries(mapping?.options ?? {}).map(([word, { color }]) => [word, color])).toEqual([
      ['PASS', 'green'],
      ['WARN', 'yellow'],
      ['FAIL', 'red'],
    ]);
  });

  it('are eleven panels, loaded anew every minute (SLA-85, SLA-86, SLA-87)', () => {
    const three = ['cleanup_job_performance', 'manual_resolution_queue', 'health_checks'].map((name) =>
      rendered(slas, name),
    );
    expect(three.flatMap(shown)).toHaveLength(11);
    expect(three.map(({ refresh }) => refresh)).toEqual(['1m', '1m', '1m']);
  });
});

describe('the draft dashboards', () => {
  it('are three and twelve panels of the declared kinds (DRAFT-79, DRAFT-80)', () => {
    expect(shown(rendered(drafts, 'minimal')).map(({ type }) => type)).toEqual([
      'stat',
      'stat',
      'timeseries',
    ]);
    expect(shown(rendered(drafts, 'production')).map(({ type }) => type)).toEqual([
      'gauge',
      'gauge',
      'stat',
      'timeseries',
      'barchart',
      'table',
      'barchart',
      'stat',
      'logs',
      'table',
      'stat',
      'state-timeline',
    ]);
  });

  it('begin red strictly above a limit: a gauge at exactly 50 is yellow still (DRAFT-80, DRAFT-81)', () => {
    const panel = named(rendered(drafts, 'production'), 'Total Drafts');
    const red = nextAbove(50);
    expect(steps(panel)).toEqual([
      [null, 'green'],
      [20, 'yellow'],
      [red, 'red'],
    ]);
    expect([red > 50, red < 50.000001, 51 >= red]).toEqual([true, true, true]);
    expect(panel.fieldConfig?.defaults).toMatchObject({ min: 0, max: 50 });
  });

  it('mark unused drafts that are over a day old in red, and no other bar (DRAFT-80)', () => {
    const panel = named(rendered(drafts, 'production'), 'Age Distribution');
    expect(panel.targets?.[0]?.rawSql).toContain(
      `CASE WHEN "age_bucket"::text = '> 24h' AND "unused_count" > 0 THEN "unused_count" END AS "unused and overdue"`,
    );
    expect(panel.fieldConfig?.overrides[0]?.matcher).toEqual({ id: 'byName', options: 'unused and overdue' });
  });

  it('carry each row’s own refresh, which Grafana honours where it caches queries (DRAFT-80)', () => {
    const dashboard = rendered(drafts, 'production');
    expect(dashboard.refresh).toBe('5m');
    expect(shown(dashboard).map(({ queryCachingTTL = 0 }) => queryCachingTTL / 60_000)).toEqual([
      5, 5, 5, 60, 60, 60, 60, 60, 60, 5, 5, 5,
    ]);
  });
});

describe('the next number above', () => {
  it.each([0, 1, 30, 50, 0.95, -2])('%d is above it, and nothing is between', (value) => {
    const next = nextAbove(value);
    expect(next).toBeGreaterThan(value);
    expect((next + value) / 2 === next || (next + value) / 2 === value).toBe(true);
  });
});
