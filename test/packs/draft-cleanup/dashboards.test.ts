// The pack's two dashboards and its metrics on the seed: every panel finds data, and /metrics shows what the specification
// names.
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDashboard } from '../../../src/catalog/catalog.ts';
import { colourOf, panelsOf } from '../../../src/domain/dashboards/dashboard.ts';
import type { RunningGateway } from '../../../src/gateway/gateway.ts';
import { needleShare } from '../../../src/gateway/panels/draw-shapes.ts';
import { askPanels, fetchText, openGateway, scrape } from '../../support/packs/dashboards.ts';
import { draftCatalog } from '../../support/packs/draft-pack.ts';
import { type DraftWatch, NOW, openDraftWatch } from '../../support/packs/draft-watch.ts';
import { matching, type PromSample, selectorsIn } from '../../support/packs/promql.ts';
import { redisUrl } from '../../support/stack.ts';

const REDIS = `${redisUrl()}/9`;

let watch: DraftWatch;
let gateway: RunningGateway;
let samples: readonly PromSample[];
beforeAll(async () => {
  const redis = new Redis(REDIS);
  await redis.flushdb();
  await redis.set('draft:session:1', '1');
  redis.disconnect();
  watch = await openDraftWatch({ redis: REDIS });
  // One of the seed's runs failed in each of the last weeks; the baseline has an alert to show.
  await watch.seed('baseline');
  await watch.quarter();
  gateway = await openGateway(watch.catalog);
  samples = await scrape(gateway);
});
afterAll(async () => {
  await gateway.close();
  await watch.close();
});

const MINIMAL = ['System Health', 'Cleanup Job Status', 'Daily Trend'];
const PRODUCTION = [
  ['Real-time Health', 'Total Drafts', 'Pollution %', 'Job Status'],
  ['Trends', 'Drafts Created vs Cleaned', 'Age Distribution', 'Top 5 Organizations'],
  ['Performance', 'Session Duration', 'Job Success Rate', 'Recent Job Errors'],
  ['Alerts', 'Alert History', 'Alert Status Map', 'Incident Timeline'],
];

describe('the dashboards', () => {
  it.each([
    ['minimal', MINIMAL],
    ['production', PRODUCTION.flatMap(([, ...titles]) => titles)],
  ])('%s has data in every panel on the seed (DRAFT-82)', async (name, titles) => {
    const answers = await askPanels(
      { catalog: watch.catalog, url: watch.catalog.home.url, now: NOW },
      name,
      samples,
    );
    expect(Object.keys(answers)).toEqual(titles);
    const empty = Object.entries(answers).filter(
      ([, counts]) => counts.length === 0 || counts.some((count) => count === 0),
    );
    expect(empty).toEqual([]);
  });

  it('are off until each is switched on, and opening one is recorded once, however often it loads itself anew (DRAFT-82)', async () => {
    const url = `${gateway.url}/dashboards/draft-cleanup/minimal`;
    expect(await fetchText(url)).toMatchObject({ status: 404 });
    await watch.db.query(
      `INSERT INTO sexton.dashboard (pack, name, is_on, switched_by) VALUES ('draft-cleanup', 'minimal', true, 'test')`,
    );
    const { status, text } = await fetchText(url);
    expect(status).toBe(200);
    for (const title of MINIMAL) expect(text).toContain(`<h3>${title}</h3>`);
    expect(text).not.toContain('nothing to show');
    expect(text).toContain('http-equiv="refresh" content="300; url=/dashboards/draft-cleanup/minimal?again"');
    await fetchText(`${url}?again`);
    await fetchText(url);
    const { rows } = await watch.db.query('SELECT name, views, day::text FROM sexton.dashboard_view');
    expect(rows).toEqual([{ name: 'minimal', views: 2, day: '2026-02-10' }]);
  });
});

describe('the minimal dashboard', () => {
  const { dashboard } = findDashboard(draftCatalog(), 'minimal');

  it('is three panels, of Q1, Q3 and a week of Q5, with their refresh (DRAFT-79)', () => {
    const shown = panelsOf(dashboard).map(({ title, visual, sources, refreshSeconds }) => ({
      title,
      visual,
      source: sources[0],
      refreshSeconds,
    }));
    expect(shown).toEqual([
      {
        title: 'System Health',
        visual: 'stat',
        source: { report: 'system_health_dashboard', params: {}, y: ['pollution_percentage'] },
        refreshSeconds: 300,
      },
      {
        title: 'Cleanup Job Status',
        visual: 'stat',
        source: { report: 'cleanup_job_performance', params: {}, y: ['hours_since_last_run'] },
        refreshSeconds: 300,
      },
      {
        title: 'Daily Trend',
        visual: 'line',
        source: {
          report: 'daily_trend_analysis',
          params: { days: 7 },
          x: 'date',
          y: ['drafts_created', 'drafts_used', 'drafts_abandoned'],
        },
        refreshSeconds: 3600,
      },
    ]);
  });
});

describe('the production dashboard', () => {
  const { dashboard } = findDashboard(draftCatalog(), 'production');
  const panel = (title: string) => {
    const found = panelsOf(dashboard).find((each) => each.title === title);
    if (!found) throw new Error(`no panel ${title}`);
    return found;
  };

  it('is twelve panels in four rows, the outer ones every five minutes and the inner ones hourly (DRAFT-80)', () => {
    expect(dashboard.rows.map(({ title, panels }) => [title, ...panels.map((each) => each.title)])).toEqual(
      PRODUCTION,
    );
    expect(
      dashboard.rows.map(({ panels }) => [...new Set(panels.map((each) => each.refreshSeconds))]),
    ).toEqual([[300], [3600], [3600], [300]]);
  });

  it.each([
    ['Total Drafts', 19, 'green'],
    ['Total Drafts', 20, 'yellow'],
    ['Total Drafts', 50, 'yellow'],
    ['Total Drafts', 51, 'red'],
    ['Pollution %', 9.99, 'green'],
    ['Pollution %', 10, 'yellow'],
    ['Pollution %', 30, 'yellow'],
    ['Pollution %', 30.01, 'red'],
    ['Job Status', 1.5, 'green'],
    ['Job Status', 1.51, 'red'],
    ['Job Success Rate', 98.99, 'red'],
    ['Job Success Rate', 99, 'green'],
  ] as const)('%s at %d is %s (DRAFT-80, DRAFT-81)', (title, value, colour) => {
    expect(colourOf(panel(title), value)).toBe(colour);
  });

  it('pins the needle at the end of a gauge, and shows the number all the same (DRAFT-81)', async () => {
    expect(needleShare([0, 50], 51)).toBe(1);
    expect(needleShare([0, 50], 25)).toBe(0.5);
    expect(needleShare([0, 50], -3)).toBe(0);
    expect(panel('Total Drafts').range).toEqual([0, 50]);
  });
});

describe('/metrics', () => {
  const value = (expr: string): number | undefined => {
    const [selector] = selectorsIn(expr);
    return selector && matching(samples, selector)[0]?.value;
  };

  it.each([
    ['courses{status="draft",generation_status="null"}', 26],
    ['draft_total', 46],
    ['draft_unused', 26],
    ['draft_active', 20],
    ['drafts_created_last_hour', 2],
    ['drafts_pending_cleanup', 0],
    ['redis_up', 1],
    ['redis_draft_sessions', 1],
    ['alerts_open{alert="draft_pollution_critical",severity="HIGH"}', 1],
    ['alerts_open{alert="redis_unavailable",severity="HIGH"}', 0],
  ])('shows %s, which is %s on this seed (DRAFT-69)', (expr, expected) => {
    expect(value(expr)).toBe(expected);
  });

  it('shows pollution unrounded, and hours since the last run of the job (DRAFT-69)', () => {
    expect(value('draft_pollution_percentage')).toBeCloseTo((100 * 26) / 46, 9);
    expect(value('cleanup_hours_since_last_run{job="cleanup-old-drafts-hourly"}')).toBeCloseTo(0.75, 1);
  });

  it('counts runs by outcome and trigger, what they deleted, and how long they took (DRAFT-69)', async () => {
    const { rows } = await watch.db.query(
      `SELECT count(*) FILTER (WHERE status = 'succeeded' AND trigger = 'schedule')::int AS good,
         count(*) FILTER (WHERE status = 'failed' AND trigger = 'schedule')::int AS bad, sum(deleted_count)::int AS deleted
       FROM public.job_runs`,
    );
    const [{ good, bad, deleted }] = rows;
    const ofJob = 'job="cleanup-old-drafts-hourly"';
    expect(bad).toBeGreaterThan(0);
    expect(value(`cleanup_runs_total{${ofJob},outcome="succeeded",trigger="schedule"}`)).toBe(good);
    expect(value(`cleanup_runs_total{${ofJob},outcome="failed",trigger="schedule"}`)).toBe(bad);
    expect(value(`cleanup_deleted_total{${ofJob}}`)).toBe(deleted);
    expect(value(`cleanup_duration_count{${ofJob},outcome="failed"}`)).toBe(bad);
    expect(value(`cleanup_duration_bucket{${ofJob},outcome="succeeded",le="+Inf"}`)).toBe(good);
  });

  it('tells drafts by age and use, which add up to all of them (DRAFT-69)', () => {
    const ages = matching(samples, { metric: 'draft_age_count', labels: {} });
    expect(ages.map(({ labels }) => `${labels['bucket']} ${labels['used']}`).toSorted()).toEqual(
      ['1-6h', '6-24h', '< 1h', '> 24h']
        .flatMap((bucket) => [`${bucket} false`, `${bucket} true`])
        .toSorted(),
    );
    expect(ages.reduce((sum, each) => sum + each.value, 0)).toBe(46);
  });
});
