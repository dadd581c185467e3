// Rules as other programs judge them: Prometheus' rule file and Grafana's alerts, in PromQL that Prometheus' grammar takes,
// over metrics that are declared.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exportRules } from '../../src/grafana/rules/exported.ts';
import { grafanaRules } from '../../src/grafana/rules/grafana.ts';
import { leftOutLines, prometheusRules } from '../../src/grafana/rules/prometheus.ts';
import { defineMetric, type MetricDefinition, type RuleDefinition } from '../../src/index.ts';
import { band, loadMonitors, monitor, rule, SQL } from '../support/monitors/declared-monitors.ts';
import { draftCatalog } from '../support/packs/draft-pack.ts';
import { selectorsIn } from '../support/packs/promql.ts';
import { slaCatalog } from '../support/packs/sla-pack.ts';

interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    }[];
  }[];
}

const drafts = draftCatalog();
const slas = slaCatalog();
const fileOf = (catalog: typeof drafts): RuleFile => parse(prometheusRules(exportRules(catalog)));

/** promtool, where the machine has one. */
const promtool = (): string | undefined => {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return 'promtool';
  } catch {
    return undefined;
  }
};

describe('the rule file of draft-cleanup', () => {
  const { groups } = fileOf(drafts);
  const rules = groups.flatMap((group) => group.rules);

  it('has the pollution rule as the specification words it (DRAFT-67)', () => {
    const found = rules.find(({ alert }) => alert === 'draft_pollution_high');
    expect(found).toMatchObject({
      expr: '100 * sum(courses{status="draft",generation_status="null"}) / sum(courses{status="draft"}) > 30',
      for: '15m',
      labels: { severity: 'medium', pack: 'draft-cleanup' },
    });
    expect(found?.annotations['summary']).toBe(
      '{{ $value }} % of all drafts were never used; the limit is 30 %',
    );
  });

  it('has all seven alerts, each with its own wait (DRAFT-67, DRAFT-30)', () => {
    const waits = Object.fromEntries(rules.map(({ alert, for: wait }) => [alert, wait ?? '0s']));
    expect(Object.entries(waits).toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ['cleanup_job_failures', '0s'],
      ['cleanup_job_stalled', '0s'],
      ['draft_pollution_critical', '5m'],
      ['draft_pollution_high', '15m'],
      ['draft_traffic_spike', '0s'],
      ['old_drafts_pending', '15m'],
      ['redis_unavailable', '1m'],
    ]);
  });
});

describe('every exported rule', () => {
  const catalogs = [drafts, slas];

  it('is PromQL by Prometheus’ own grammar, over metrics and labels that are declared (DRAFT-67)', () => {
    for (const catalog of catalogs) {
      const { alerts } = exportRules(catalog);
      expect(alerts.length).toBeGreaterThan(6);
      for (const { expr } of alerts)
        for (const { metric, labels } of selectorsIn(expr)) {
          const name = metric.replace(/_(bucket|sum|count)$/, '');
          const declared = catalog.metrics.find((each) => each.name === metric || each.name === name)?.metric;
          const known = ['pack', 'le', ...(declared?.labels ?? []), ...Object.keys(declared?.fixed ?? {})];
          expect([metric, declared === undefined]).toEqual([metric, false]);
          expect(Object.keys(labels).filter((label) => !known.includes(label))).toEqual([]);
        }
    }
  });

  it('is named once in its file, says what to do, and has a severity in the pack’s word', () => {
    for (const catalog of catalogs) {
      const rules = fileOf(catalog).groups.flatMap((group) => group.rules);
      expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
      const words = Object.values(catalog.packs[0]?.severityNames ?? {}).map((word) => word.toLowerCase());
      for (const { annotations, labels } of rules) {
        expect(annotations['action']).not.toBe('');
        expect(words).toContain(labels['severity']);
      }
    }
  });

  it('is sound to promtool, where there is one (DRAFT-67)', () => {
    const program = promtool();
    const folder = mkdtempSync(join(tmpdir(), 'sexton-rules-'));
    try {
      for (const [place, catalog] of catalogs.entries()) {
        const file = join(folder, `${place}.yml`);
        const text = prometheusRules(exportRules(catalog));
        writeFileSync(file, text);
        expect(parse(text)).toHaveProperty('groups');
        if (program) execFileSync(program, ['check', 'rules', file], { stdio: 'pipe' });
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is an alert of Grafana as well, which fires where the expression has a value (DRAFT-67)', () => {
    const exported = exportRules(drafts);
    const { apiVersion, groups } = parse(grafanaRules(exported));
    expect(apiVersion).toBe(1);
    const rules = groups.flatMap((group: { rules: unknown[] }) => group.rules);
    expect(rules).toHaveLength(exported.alerts.length);
    const [first] = rules;
    expect(first).toMatchObject({
      title: 'draft_pollution_high',
      condition: 'C',
      for: '15m',
      noDataState: 'OK',
      labels: { severity: 'medium' },
      data: [
        { refId: 'A', datasourceUid: 'prometheus', model: { expr: exported.alerts[0]?.expr, instant: true } },
        { refId: 'B', datasourceUid: '__expr__', model: { type: 'math' } },
        { refId: 'C', datasourceUid: '__expr__', model: { type: 'threshold' } },
      ],
    });
    const uids = rules.map(({ uid }: { uid: string }) => uid);
    expect(new Set(uids).size).toBe(uids.length);
    expect(uids.every((uid: string) => uid.length <= 40)).toBe(true);
  });
});

describe('a condition', () => {
  const shows = (measure: string, change: Partial<MetricDefinition> = {}): MetricDefinition =>
    defineMetric({
      name: `m_${measure}`,
      type: 'gauge',
      help: measure,
      unit: 'one',
      from: { monitor: 'pollution', measure },
      ...change,
    });
  const LABELLED = { ...SQL, sql: "SELECT 1 AS value, 'x' AS job", labels: ['job'] } as const;

  const exported = (
    declared: RuleDefinition,
    metrics: readonly MetricDefinition[],
    labelled: readonly string[] = [],
  ) => {
    const measures = Object.fromEntries(
      ['a', 'b'].map((name) => [
        name,
        { ...(labelled.includes(name) ? LABELLED : SQL), keep: true as const },
      ]),
    );
    return exportRules(loadMonitors({ monitors: [monitor([declared], { measures })], metrics }));
  };
  const said = (...args: Parameters<typeof exported>) => exported(...args).alerts.map(({ expr }) => expr);

  const A = 'm_a{pack="garden"}';
  const B = 'm_b{pack="garden"}';
  const plain = [shows('a'), shows('b')];

  it.each([
    [{ measure: 'a', above: 30 }, `${A} > 30`],
    [{ measure: 'a', atLeast: 3 }, `${A} >= 3`],
    [{ measure: 'a', below: 0.5 }, `${A} < 0.5`],
    [{ measure: 'a', atMost: 0 }, `${A} <= 0`],
    [{ measure: 'a', equals: 1 }, `${A} == 1`],
    [{ measure: 'a', unchangedFor: '30m' }, `changes(${A}[30m]) == 0`],
    [{ measure: 'a', absentFor: '1h' }, `absent_over_time(${A}[1h])`],
    [
      {
        any: [
          { measure: 'a', above: 1 },
          { measure: 'b', above: 2 },
        ],
      },
      `(${A} > 1) or (${B} > 2)`,
    ],
    [
      {
        all: [
          { measure: 'a', above: 1 },
          { measure: 'b', above: 2 },
        ],
      },
      `(${A} > 1) and (${B} > 2)`,
    ],
  ] as const)('%j is said as %s', (when, expr) => {
    expect(said(rule([band(when as never)]), plain)).toEqual([expr]);
    selectorsIn(expr);
  });

  it('of a lower band holds only while no higher one does', () => {
    const bands = [
      band({ measure: 'a', above: 1 }),
      band({ measure: 'a', above: 2 }, { severity: 'high', alertType: 'far_too_many' }),
    ];
    expect(said(rule(bands), plain)).toEqual([`(${A} > 1) unless (${A} > 2)`, `${A} > 2`]);
  });

  it('of series with labels meets another by the labels that both have', () => {
    const metrics = [
      shows('a', { labels: ['job'], fixed: { window: '24h' } }),
      shows('b', { labels: ['job'] }),
    ];
    const when = {
      all: [
        { measure: 'a', above: 1 },
        { measure: 'b', above: 2 },
      ],
    };
    expect(said(rule([band(when)]), metrics, ['a', 'b'])).toEqual([
      `(${A} > 1) and on (pack, job) (${B} > 2)`,
    ]);
  });

  it('asks what a metric tells of a measure before the measure’s own metric', () => {
    const metrics = [shows('a'), shows('b', { tells: { a: 'sum(m_b)' } })];
    expect(said(rule([band({ measure: 'a', above: 1 })]), metrics)).toEqual(['sum(m_b) > 1']);
  });

  it('with a minimum or a time to be judged at asks that too', () => {
    const declared = rule([band({ measure: 'a', above: 1 })], { minimum: { measure: 'b', atLeast: 20 } });
    expect(said(declared, plain)).toEqual([`(${A} > 1) and (${B} >= 20)`]);
  });

  it.each([
    [{ measure: 'a', increasing: 3 }, plain, 'PromQL does not know of ticks'],
    [
      { measure: 'a', ratio: { below: 0.5, to: 'median', over: '14d', minimumSamples: 5 } },
      plain,
      'as many samples as it scrapes',
    ],
    [{ measure: 'a', above: 1 }, [shows('b')], 'no metric shows a'],
  ] as const)(
    '%j that cannot be said in the same sense is named, and not said in another',
    (when, metrics, why) => {
      const found = exported(rule([band(when)]), metrics);
      expect(found.alerts).toEqual([]);
      expect(leftOutLines(found).join()).toContain(why);
      expect(prometheusRules(found)).toContain(why);
    },
  );
});
