// What is gathered, in Prometheus' text format: each name once, nulls absent, histograms whole or not at all.
import { describe, expect, it } from 'vitest';
import type { Metric } from '../../src/domain/metrics/metric.ts';
import { alertsOpen } from '../../src/gateway/engine-metrics.ts';
import { expose } from '../../src/gateway/exposition.ts';
import { gatherRuns, gatherSampledBuckets, gatherSeries } from '../../src/gateway/pack-metrics.ts';
import { samplesIn } from '../support/packs/promql.ts';

const metric = (change: Partial<Metric> = {}): Metric => ({
  name: 'draft_total',
  type: 'gauge',
  help: 'Drafts that there are.',
  unit: 'drafts',
  nameIsFixed: false,
  labels: [],
  fixed: {},
  from: { monitor: 'draft-state', measure: 'total' },
  ...change,
});

const PACK = { pack: 'drafts' };

describe('a series', () => {
  it('of a null is absent: neither 0 nor NaN (SLA-76, DRAFT-70)', async () => {
    const of = { ...PACK, metric: metric({ labels: ['shop'] }) };
    const rows = [
      { labels: { shop: 'a' }, value: null },
      { labels: { shop: 'b' }, value: 0 },
    ];
    const { text } = await expose([gatherSeries(of, rows)]);
    expect(samplesIn(text)).toEqual([
      { metric: 'draft_total', labels: { pack: 'drafts', shop: 'b' }, value: 0 },
    ]);
  });

  it('has the type, the help and its fixed labels, with whatever is in a label', async () => {
    const of = { ...PACK, metric: metric({ labels: ['shop'], fixed: { window: '24h' } }) };
    const { text, contentType } = await expose([
      gatherSeries(of, [{ labels: { shop: 'a "b"\\\n' }, value: 1.5 }]),
    ]);
    expect(text).toBe(
      '# HELP draft_total Drafts that there are.\n# TYPE draft_total gauge\ndraft_total{pack="drafts",shop="a \\"b\\"\\\\\\n",window="24h"} 1.5\n',
    );
    expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it('of a name that several packs share stands under it once', async () => {
    const [a, b] = ['a', 'b'].map((pack) =>
      gatherSeries({ pack, metric: metric() }, [{ labels: {}, value: 1 }]),
    );
    const { text } = await expose([a!, b!]);
    expect(text.match(/# TYPE/g)).toHaveLength(1);
    expect(samplesIn(text).map(({ labels }) => labels['pack'])).toEqual(['a', 'b']);
  });

  it('of nothing at all leaves not even its name', async () => {
    expect((await expose([gatherSeries({ ...PACK, metric: metric() }, [])])).text.trim()).toBe('');
  });
});

describe('a histogram of samples', () => {
  const of = {
    ...PACK,
    metric: metric({
      name: 'age',
      type: 'histogram',
      buckets: [1, 6],
      from: { monitor: 'queue', measure: 'by_age', sum: 'sum' },
    }),
  };
  const count = (le: string, value: number) => ({
    pack: 'drafts',
    monitor: 'queue',
    measure: 'by_age',
    labels: { le },
    value,
  });
  const sum = { pack: 'drafts', monitor: 'queue', measure: 'sum', labels: { queue: 'q' }, value: 20 };

  it('has every bucket, the sum and the count (SLA-75)', async () => {
    const { text } = await expose([
      gatherSampledBuckets(of, [count('1', 2), count('6', 3), count('+Inf', 4)], [sum]),
    ]);
    expect(samplesIn(text).map(({ metric: name, labels, value }) => [name, labels['le'], value])).toEqual([
      ['age_bucket', '1', 2],
      ['age_bucket', '6', 3],
      ['age_bucket', '+Inf', 4],
      ['age_sum', undefined, 20],
      ['age_count', undefined, 4],
    ]);
  });

  it('of which a bucket or the sum is missing is absent: half a histogram is none (SLA-76)', () => {
    expect(gatherSampledBuckets(of, [count('1', 2), count('+Inf', 4)], [sum]).values).toEqual([]);
    expect(gatherSampledBuckets(of, [count('1', 2), count('6', 3), count('+Inf', 4)], []).values).toEqual([]);
  });
});

describe('runs', () => {
  const run = (change: object) => ({
    pack: 'drafts',
    job: 'sweep',
    outcome: 'completed',
    trigger: 'schedule',
    seconds: 3,
    runs: 2,
    deleted: 10,
    totalSeconds: 5.5,
    ...change,
  });
  const totals = [
    run({}),
    run({ seconds: 9, runs: 1, totalSeconds: 8.2 }),
    run({ outcome: 'failed', seconds: -1 }),
    run({ pack: 'other' }),
  ];

  it('are added up over the labels that a metric does not have, those of other packs apart', () => {
    const from = { runs: 'count' } as const;
    const of = {
      ...PACK,
      metric: { ...metric({ name: 'runs_total', type: 'counter', labels: ['job'] }), from },
    };
    expect(gatherRuns(of, totals).values).toEqual([{ labels: { pack: 'drafts', job: 'sweep' }, value: 5 }]);
  });

  it('make a histogram of those whose duration is known', () => {
    const from = { runs: 'seconds' } as const;
    const of = {
      ...PACK,
      metric: { ...metric({ type: 'histogram', labels: ['outcome'], buckets: [5, 10] }), from },
    };
    const completed = gatherRuns(of, totals).values.filter(({ labels }) => labels['outcome'] === 'completed');
    expect(completed.map(({ labels, value, part }) => [part, labels['le'], value])).toEqual([
      ['bucket', '5', 2],
      ['bucket', '10', 3],
      ['bucket', '+Inf', 3],
      ['sum', undefined, 13.7],
      ['count', undefined, 3],
    ]);
  });
});

describe('alerts_open', () => {
  const declared = [
    { pack: 'drafts', rule: 'stalled', severity: 'high', word: 'HIGH' },
    { pack: 'drafts', rule: 'old', severity: 'warning', word: 'MEDIUM' },
  ];

  it('is in the pack’s own word, and 0 where a rule is declared and does not fire (SLA-75, DRAFT-69)', () => {
    const { values } = alertsOpen(declared, [
      { pack: 'drafts', rule: 'old', severity: 'warning', alerts: 2 },
    ]);
    expect(values).toEqual([
      { labels: { pack: 'drafts', alert: 'stalled', severity: 'HIGH' }, value: 0 },
      { labels: { pack: 'drafts', alert: 'old', severity: 'MEDIUM' }, value: 2 },
    ]);
  });

  it('is shown of a rule that is declared no more, while its alert is open', () => {
    const open = [{ pack: 'drafts', rule: 'gone', severity: 'critical', alerts: 1 }];
    expect(alertsOpen([], open).values).toEqual([
      { labels: { pack: 'drafts', alert: 'gone', severity: 'critical' }, value: 1 },
    ]);
  });
});
