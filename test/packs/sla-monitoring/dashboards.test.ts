// The pack's dashboards and metrics on its seed: every panel's query runs and finds data, and /metrics shows what the
// specification names.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COURSES, seedCourse } from '../../../packs/sla-monitoring/seed/scenarios.ts';
import type { RunningGateway } from '../../../src/gateway/gateway.ts';
import { askPanels, fetchText, openGateway, scrape } from '../../support/packs/dashboards.ts';
import { matching, type PromSample, selectorsIn } from '../../support/packs/promql.ts';
import { type SlaHouse, slaHouse } from '../../support/packs/sla-house.ts';
import { connectTemporal, redisUrl } from '../../support/stack.ts';

const NOW = '2026-02-10T12:00:00Z';
const REDIS = `${redisUrl()}/8`;

let house: SlaHouse;
let temporal: Awaited<ReturnType<typeof connectTemporal>>;
let gateway: RunningGateway;
let samples: readonly PromSample[];
beforeAll(async () => {
  temporal = await connectTemporal();
  house = await slaHouse({
    env: { REDIS_URL: REDIS },
    dependencies: { redisUrl: REDIS, temporal: temporal.client },
  });
  await house.setClock(NOW);
  // An alert, so that there is one to show; every monitor's tick, as its schedule would bring it.
  await seedCourse(COURSES['sla-critical'] ?? {}, { database: () => house.db, now: new Date(NOW) });
  await house.evaluate('monitor_cleanup_sla', NOW);
  await house.evaluate('monitor_manual_resolution_queue', NOW);
  await house.checkHealth(NOW);
  gateway = await openGateway(house.catalog);
  samples = await scrape(gateway);
});
afterAll(async () => {
  await gateway.close();
  await house.close();
  await temporal.close();
});

const DASHBOARDS: Readonly<Record<string, readonly string[]>> = {
  cleanup_job_performance: [
    'Utilization over time',
    'Success rate by job',
    'Throughput by job',
    'Duration distribution',
  ],
  manual_resolution_queue: ['Depth over time', 'Age distribution', 'Resolution rate', 'Items by priority'],
  health_checks: ['Dependency status', 'Latency by dependency', 'Alert history'],
};

describe('the eleven panels', () => {
  it.each(Object.entries(DASHBOARDS))(
    'of %s each ask something that runs on the seed and finds data (SLA-88)',
    async (name, titles) => {
      const answers = await askPanels({ catalog: house.catalog, url: house.url, now: NOW }, name, samples);
      expect(Object.keys(answers)).toEqual(titles);
      const empty = Object.entries(answers).filter(
        ([, counts]) => counts.length === 0 || counts.some((count) => !(count > 0)),
      );
      expect(empty).toEqual([]);
    },
  );

  it('are shown by the gateway, without one that is empty or cannot be asked (SLA-88)', async () => {
    for (const name of Object.keys(DASHBOARDS)) {
      const url = `${gateway.url}/dashboards/sla-monitoring/${name}`;
      expect((await fetchText(url)).status).toBe(404);
      await house.db.query(
        `INSERT INTO sexton.dashboard (pack, name, is_on, switched_by) VALUES ('sla-monitoring', $1, true, 'test')`,
        [name],
      );
      const { status, text } = await fetchText(url);
      expect(status).toBe(200);
      expect(text).not.toContain('nothing to show');
      expect(text).not.toContain('could not be asked');
      for (const title of DASHBOARDS[name] ?? []) expect(text).toContain(`<h3>${title}</h3>`);
    }
  });
});

describe('/metrics', () => {
  const labelsOf = (metric: string): readonly string[] => [
    ...new Set(samples.filter((each) => each.metric === metric).flatMap(({ labels }) => Object.keys(labels))),
  ];

  it.each([
    ['cleanup_sla_utilization', ['pack', 'job']],
    ['cleanup_success_rate', ['pack', 'job', 'window']],
    ['cleanup_throughput', ['pack', 'job']],
    ['cleanup_error_rate', ['pack', 'job']],
    ['cleanup_duration_bucket', ['le', 'pack', 'job', 'outcome']],
    ['cleanup_duration_count', ['pack', 'job', 'outcome']],
    ['manual_resolution_queue_depth', ['pack', 'priority']],
    ['manual_resolution_queue_age_bucket', ['le', 'pack']],
    ['manual_resolution_queue_age_sum', ['pack']],
    ['manual_resolution_rate', ['pack', 'queue']],
    ['health_check_status', ['pack', 'check']],
    ['health_check_latency_ms', ['pack', 'check']],
    ['alerts_open', ['pack', 'alert', 'severity']],
  ])('shows %s with its labels (SLA-75)', (metric, labels) => {
    expect(labelsOf(metric).toSorted()).toEqual(labels.toSorted());
  });

  const value = (expr: string): number | undefined => {
    const [selector] = selectorsIn(expr);
    return selector && matching(samples, selector)[0]?.value;
  };

  it('shows a run beyond its budget as it is, never clamped to 100 (SLA-75, SLA-111)', () => {
    expect(value('cleanup_sla_utilization{job="cleanup_quiz_responses"}')).toBeCloseTo(102.78, 1);
  });

  it('counts each pending item once into the ages, anew at each look (SLA-75)', async () => {
    expect(value('manual_resolution_queue_age_count')).toBe(42);
    expect(value('manual_resolution_queue_age_bucket{le="24"}')).toBe(39);
    expect(value('manual_resolution_queue_age_bucket{le="+Inf"}')).toBe(42);
    expect(value('manual_resolution_queue_age_sum')).toBeCloseTo(768.6, 1);
    await house.evaluate('monitor_manual_resolution_queue', '2026-02-10T12:00:01Z');
    const again = await scrape(gateway);
    expect(matching(again, { metric: 'manual_resolution_queue_age_count', labels: {} })[0]?.value).toBe(42);
  });

  it('has the edges of durations that the specification states (SLA-75)', () => {
    const edges = samples
      .filter(
        ({ metric, labels }) => metric === 'cleanup_duration_bucket' && labels['job'] === 'cleanup_pdfs',
      )
      .map(({ labels }) => labels['le']);
    expect(edges).toEqual(
      [10, 30, 60, 120, 300, 600, 1200, 1800, 2400, 3600, 5400, 7200, 10_800].map(String).concat('+Inf'),
    );
  });

  it('shows the open alert by its rule and the pack’s word, and 0 for those that do not fire (SLA-75)', () => {
    expect(value('alerts_open{alert="sla_breach",severity="CRITICAL"}')).toBe(1);
    expect(value('alerts_open{alert="sla_breach",severity="WARNING"}')).toBe(0);
    expect(value('alerts_open{alert="mrq_depth",severity="CRITICAL"}')).toBe(0);
  });
});
