// The gateway on a real database: /metrics from what is stored, /healthz, and what it does while something is away.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import type { RunningGateway } from '../../src/gateway/gateway.ts';
import { defineMetric } from '../../src/index.ts';
import { band, loadMonitors, monitor, rule, SQL } from '../support/monitors/declared-monitors.ts';
import { fetchText, openGateway, scrape } from '../support/packs/dashboards.ts';
import { matching } from '../support/packs/promql.ts';
import { freshDatabase } from '../support/stack.ts';

const METRICS = [
  defineMetric({
    name: 'garden_weeds',
    type: 'gauge',
    help: 'Weeds.',
    unit: 'weeds',
    from: { monitor: 'pollution', measure: 'a' },
  }),
  defineMetric({
    name: 'garden_runs_total',
    type: 'counter',
    help: 'Runs.',
    unit: 'runs',
    labels: ['job', 'outcome'],
    from: { runs: 'count' },
  }),
  defineMetric({
    name: 'garden_run_seconds',
    type: 'histogram',
    help: 'How long runs took.',
    unit: 'seconds',
    labels: ['job'],
    buckets: [2, 10],
    from: { runs: 'seconds' },
  }),
  defineMetric({
    name: 'garden_bad',
    type: 'gauge',
    help: 'Broken.',
    unit: 'none',
    from: { database: 'app', sql: 'SELECT 1 / 0 AS value' },
  }),
  defineMetric({
    name: 'garden_heights',
    type: 'histogram',
    help: 'Heights.',
    unit: 'metres',
    labels: ['bed'],
    buckets: [1, 2],
    from: {
      database: 'app',
      sql: "SELECT 'a' AS bed, h AS value FROM unnest(ARRAY[0.5, 1, 1.5, 9, NULL]) AS h",
    },
  }),
];

let url: string;
let db: pg.Client;
let catalog: Catalog;
let gateway: RunningGateway;
beforeAll(async () => {
  url = await freshDatabase('gateway');
  const declared = {
    monitors: [monitor([rule([band({ measure: 'a', above: 1 })])], { measures: { a: SQL } })],
    metrics: METRICS,
  };
  const loaded = loadMonitors(declared);
  const databases = [{ pack: 'garden', name: 'app', url }];
  catalog = { ...loaded, home: { url }, databases };
  await migrateAll({ home: { url }, databases });
  db = new pg.Client({ connectionString: url });
  await db.connect();
});
afterAll(() => db.end());
beforeEach(async () => {
  gateway = await openGateway(catalog);
});
afterEach(() => gateway.close());

const shown = async (metric: string) => matching(await scrape(gateway), { metric, labels: {} });

/** A tick of the monitor so many minutes ago, with what its measure had. */
const ticked = async (minutesAgo: number, state: string, value: number | null): Promise<void> => {
  await db.query('TRUNCATE sexton.sample, sexton.evaluation, sexton.series');
  await db.query(
    `WITH s AS (INSERT INTO sexton.series (pack, monitor, measure, key, labels)
       VALUES ('garden', 'pollution', 'a', '[]', '{}') RETURNING id),
     e AS (INSERT INTO sexton.evaluation (pack, monitor, tick, series, failed, firing)
       VALUES ('garden', 'pollution', date_trunc('minute', now()) - make_interval(mins => $1), 1, 0, 0) RETURNING tick)
     INSERT INTO sexton.sample (series, at, state, value) SELECT s.id, e.tick, $2, $3 FROM s, e`,
    [minutesAgo, state, value],
  );
};

describe('a measure', () => {
  it('is shown as its newest tick has it', async () => {
    await ticked(1, 'ok', 12.5);
    expect(await shown('garden_weeds')).toEqual([
      { metric: 'garden_weeds', labels: { pack: 'garden' }, value: 12.5 },
    ]);
  });

  it.each([
    ['was null', 'noData'],
    ['could not be taken', 'error'],
  ])('that %s at its newest tick is absent (SLA-76, DRAFT-70)', async (_, state) => {
    await ticked(1, state, null);
    expect(await shown('garden_weeds')).toEqual([]);
  });

  it('whose monitor left out three ticks is absent, and how old it is is told', async () => {
    await ticked(14, 'ok', 1);
    expect(await shown('garden_weeds')).toHaveLength(1);
    await ticked(17, 'ok', 1);
    expect(await shown('garden_weeds')).toEqual([]);
    const [age] = await shown('sexton_evaluation_age_seconds');
    expect(age?.labels).toEqual({ pack: 'garden', monitor: 'pollution' });
    expect(age?.value).toBeGreaterThan(16 * 60);
  });
});

describe('counters of runs', () => {
  it('stand where they stood after rows are retired, and a restart changes nothing', async () => {
    const run = (id: string, seconds: number, dry = false) =>
      db.query(
        `INSERT INTO sexton.run (run_id, workflow_id, pack, job, database, resource_type, lock_key, trigger, dry_run, state,
           ended_at, duration_seconds, budget_seconds, deleted)
         VALUES ($1, $1, 'garden', 'weed', 'app', 'weed', 'l', 'schedule', $2, 'completed', now(), $3, 60, 5)`,
        [id, dry, seconds],
      );
    await run('a', 1.5);
    await run('b', 3);
    await run('c', 30);
    await run('dry', 1, true);
    const told = async () => {
      const all = await scrape(gateway);
      return [
        'garden_runs_total',
        'garden_run_seconds_bucket',
        'garden_run_seconds_sum',
        'sexton_runs_total',
        'sexton_deleted_rows_total',
      ].map((metric) => matching(all, { metric, labels: {} }).map(({ value }) => value));
    };
    expect(await told()).toEqual([[3], [1, 2, 3], [34.5], [3], [15]]);
    await db.query(`DELETE FROM sexton.run WHERE run_id IN ('a', 'dry')`);
    await db.query(`DELETE FROM sexton.run WHERE run_id = 'b'`);
    await gateway.close();
    gateway = await openGateway(catalog);
    expect(await told()).toEqual([[3], [1, 2, 3], [34.5], [3], [15]]);
  });
});

describe('a metric of a statement', () => {
  it('that fails is left out and named, and takes no other with it', async () => {
    expect(await shown('garden_bad')).toEqual([]);
    expect(await shown('sexton_metric_failed')).toEqual([
      { metric: 'sexton_metric_failed', labels: { pack: 'garden', metric: 'garden_bad' }, value: 1 },
    ]);
    expect(await shown('garden_heights_count')).toHaveLength(1);
  });

  it('counts its observations into buckets, edges included, nulls not', async () => {
    expect((await shown('garden_heights_bucket')).map(({ labels, value }) => [labels['le'], value])).toEqual([
      ['1', 2],
      ['2', 3],
      ['+Inf', 4],
    ]);
    expect((await shown('garden_heights_sum'))[0]?.value).toBe(12);
  });
});

describe('the gateway', () => {
  it('is well while its own database answers, and says so when it does not', async () => {
    expect(await fetchText(`${gateway.url}/healthz`)).toEqual({ status: 200, text: '{"status":"ok"}' });
    const nowhere = { url: url.replace(/:\d+\//, ':1/') };
    const lost = await openGateway({ ...catalog, home: nowhere });
    expect((await fetchText(`${lost.url}/healthz`)).status).toBe(503);
    expect((await fetchText(`${lost.url}/metrics`)).status).toBe(503);
    expect((await fetchText(`${lost.url}/`)).status).toBe(503);
    await lost.close();
  });

  it('answers GET alone, says what is not there, and lets no page load anything from elsewhere', async () => {
    expect((await fetch(`${gateway.url}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetchText(`${gateway.url}/dashboards/garden/wall`)).status).toBe(404);
    expect((await fetchText(`${gateway.url}/%zz`)).status).toBe(404);
    const { headers } = await fetch(gateway.url);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
