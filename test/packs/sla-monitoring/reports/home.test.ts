// The reports about Sexton's own rows, and its samples by the name that the pack asks by, on real Postgres.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeSamples } from '../../../../src/adapters/postgres/monitors/samples.ts';
import { ago, DAY, HOUR, openSlaReports, type SlaReports } from '../../../support/packs/sla-reports.ts';

let house: SlaReports;
beforeAll(async () => {
  house = await openSlaReports('sla_home');
});
beforeEach(async () => {
  await house.db.query(
    'TRUNCATE sexton.health_report, sexton.incident, sexton.series RESTART IDENTITY CASCADE',
  );
});
afterAll(() => house.close());

type Found = readonly [name: string, status: string, latency: number | null, error?: string];

const health = async (
  tick: string,
  found: readonly Found[],
  { pack = 'sla-monitoring', name = 'check_cleanup_health' } = {},
) => {
  const { rows } = await house.db.query(
    `INSERT INTO sexton.health_report (pack, name, tick, at, status, report) VALUES ($1, $2, $3, $3, 'PASS', '{}') RETURNING id`,
    [pack, name, tick],
  );
  for (const [place, [check, status, latency, error]] of found.entries())
    await house.db.query(
      `INSERT INTO sexton.health_result (report, name, place, label, status, latency_ms, error) VALUES ($1, $2, $3, $2, $4, $5, $6)`,
      [rows[0].id, check, place, status, latency, error],
    );
};

describe('health_latest', () => {
  it('has the newest report of the pack, FAIL before WARN before PASS and then by name (SLA-67)', async () => {
    await health(ago(6 * HOUR), [['redis_connectivity', 'FAIL', 9, 'gone']]);
    await health(ago(60), [
      ['database_connectivity', 'PASS', 12],
      ['zombie_locks', 'WARN', null],
      ['cron_cleanup_pdfs', 'WARN', null, 'paused'],
      ['index_meal_plans_pdf_generated_at', 'FAIL', null, 'Index not found'],
      ['audit_log_table', 'PASS', null],
    ]);
    await health(ago(10), [['database_connectivity', 'FAIL', 1]], {
      pack: 'draft-cleanup',
      name: 'check_drafts',
    });
    const at = '2026-02-10T12:14:00Z';
    const { tables, lines } = await house.report('health_latest');
    expect(tables[0].rows.map((row) => Object.values(row))).toEqual([
      ['index_meal_plans_pdf_generated_at', 'FAIL', null, 'Index not found', at],
      ['cron_cleanup_pdfs', 'WARN', null, 'paused', at],
      ['zombie_locks', 'WARN', null, null, at],
      ['audit_log_table', 'PASS', null, null, at],
      ['database_connectivity', 'PASS', 12, null, at],
    ]);
    expect(lines[0]).toBe('Failing: index_meal_plans_pdf_generated_at.');
  });

  it('says that nothing was checked yet', async () => {
    expect((await house.report('health_latest')).lines).toEqual(['No health check has run yet.']);
  });
});

describe('health_latency', () => {
  it('has a row a check that connects, over all of its runs (SLA-67)', async () => {
    for (const [hours, ms] of [
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
      [24 * 8, 900],
    ] as const)
      await health(ago(hours * HOUR), [
        ['redis_connectivity', 'PASS', ms],
        ['vercel_blob_api', 'FAIL', hours === 1 ? 100 : null],
        ['zombie_locks', 'PASS', null],
      ]);
    expect(await house.cells('health_latency', ['name', 'runs', 'avg_ms', 'p95_ms', 'max_ms'])).toEqual([
      ['redis_connectivity', 4, 25, 38.5, 40],
      ['vercel_blob_api', 1, 100, 100, 100],
    ]);
  });
});

describe('alert_history', () => {
  const incident = (openedAgo: number, more: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const row = {
      pack: 'sla-monitoring',
      rule: 'sla_breach',
      group_key: `${openedAgo}`,
      labels: { job: 'cleanup_pdfs' },
      severity: 'warning',
      firing: { alertType: 'sla_breach_warning', severityWord: 'WARNING' },
      rule_snapshot: {},
      first_fired_at: ago(openedAgo),
      ...more,
    };
    const names = Object.keys(row);
    return house.db.query(
      `INSERT INTO sexton.incident (${names.join(', ')}) VALUES (${names.map((_, n) => `$${n + 1}`).join(', ')})`,
      Object.values(row),
    );
  };

  it('has an alert a row, the newest first, in the pack’s words for severities (SLA-67)', async () => {
    await incident(3 * DAY, {
      state: 'closed',
      acknowledged_at: ago(3 * DAY - HOUR),
      resolved_at: ago(2 * DAY),
      ladder: { status: 'resolved', nextTier: 3 },
    });
    await incident(HOUR, {
      rule: 'health',
      labels: { check: 'zombie_locks' },
      ladder: { status: 'acknowledged', nextTier: 1 },
      firing: { alertType: 'health_check_warn', severityWord: 'WARNING' },
      acknowledged_at: ago(60),
    });
    await incident(60, {
      rule: 'mrq_depth',
      labels: {},
      severity: 'critical',
      firing: { alertType: 'mrq_depth_critical', severityWord: 'CRITICAL' },
    });
    await incident(40 * DAY, { state: 'closed' });
    await incident(50, { pack: 'draft-cleanup' });
    const { tables } = await house.report('alert_history');
    expect(tables[0].rows.map((row) => Object.values(row))).toEqual([
      ['2026-02-10T12:14:00Z', 'mrq_depth_critical', 'mrq_depth', 'CRITICAL', 'open', null, null, 0],
      [
        '2026-02-10T11:15:00Z',
        'health_check_warn',
        'zombie_locks',
        'WARNING',
        'acknowledged',
        '2026-02-10T12:14:00Z',
        null,
        1,
      ],
      [
        '2026-02-07T12:15:00Z',
        'sla_breach_warning',
        'cleanup_pdfs',
        'WARNING',
        'closed',
        '2026-02-07T13:15:00Z',
        '2026-02-08T12:15:00Z',
        3,
      ],
    ]);
  });

  it('has as many as are asked for', async () => {
    for (const seconds of [1, 2, 3]) await incident(seconds, {});
    expect(await house.cells('alert_history', ['opened_at'], { limit: 2 })).toEqual([
      ['2026-02-10T12:14:59Z'],
      ['2026-02-10T12:14:58Z'],
    ]);
  });
});

describe('metric_samples', () => {
  const sample = (job: string, state: 'ok' | 'noData' | 'counter', value: number | null) => ({
    measure: 'utilization',
    labels: { job },
    state,
    value,
  });
  const write = (seconds: number, value: number | null) =>
    writeSamples(house.db, { pack: 'sla-monitoring', monitor: 'monitor_cleanup_sla' }, ago(seconds), [
      sample('cleanup_pdfs', value === null ? 'noData' : 'ok', value),
      sample('cleanup_blacklist', 'ok', 7),
      { ...sample('cleanup_pdfs', 'counter', 9), measure: 'utilization/counters' },
    ]);
  const columns = ['metric', 'labels', 'value', 'ts'];
  const pdfs = '{"job": "cleanup_pdfs"}';

  it('are asked by metric, label and time, the newest first, and hold nothing for what had no value (SLA-07, SLA-10, SLA-76)', async () => {
    await write(2 * HOUR, 20);
    await write(HOUR, 25);
    await write(900, null);
    await write(30 * DAY, 3);
    const asked = { metric: 'cleanup_sla_utilization', labels: pdfs };
    const older = { ...asked, from: ago(31 * DAY), to: ago(2 * HOUR) };
    expect(await house.cells('metric_samples', columns, asked)).toEqual([
      ['cleanup_sla_utilization', pdfs, 25, '2026-02-10T11:15:00Z'],
      ['cleanup_sla_utilization', pdfs, 20, '2026-02-10T10:15:00Z'],
    ]);
    expect((await house.cells('metric_samples', columns, older)).map(([, , value]) => value)).toEqual([
      20, 3,
    ]);
    expect(await house.cells('metric_samples', columns, { metric: 'cleanup_success_rate' })).toEqual([]);
  });

  it('are a view of the same rows for whoever asks Postgres, each with a value (SLA-07)', async () => {
    await write(HOUR, 25);
    await write(900, null);
    const { rows } = await house.db.query(
      'SELECT metric, labels, value, ts FROM sexton.metric_samples ORDER BY ts, value',
    );
    const blacklist = { metric: 'utilization', labels: { job: 'cleanup_blacklist' }, value: 7 };
    expect(rows).toEqual([
      { ...blacklist, ts: new Date(ago(HOUR)) },
      { metric: 'utilization', labels: { job: 'cleanup_pdfs' }, value: 25, ts: new Date(ago(HOUR)) },
      { ...blacklist, ts: new Date(ago(900)) },
    ]);
  });

  it('are kept for 400 days unless somebody says otherwise (SLA-10)', () => {
    const job = house.catalog.jobs.find(({ id }) => id === 'sexton/job/cleanup_history');
    const steps = job?.snapshot.steps.filter(({ name }) => name === 'sample') ?? [];
    expect(steps).toMatchObject([
      { selection: { table: 'sample', age: { column: 'at', olderThanSeconds: 400 * DAY } } },
    ]);
  });
});
