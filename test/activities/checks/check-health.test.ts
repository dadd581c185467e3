// `checkHealth` on real Postgres: from its checks through the door to the rows, once a tick whatever dies in between.
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckHealth } from '../../../src/activities/checks/check-health.ts';
import type { HandOver } from '../../../src/domain/alerts/alert.ts';
import { noticer } from '../../../src/domain/health/alerts.ts';
import type { Checked, HealthSnapshot, HealthStatus } from '../../../src/domain/health/health.ts';
import { homeDatabaseAway } from '../../../src/domain/monitors/home-database.ts';
import { awayFor } from '../../support/alerts/away.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aCheck, aHealthCheck } from '../../support/monitors/a-health-check.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await engine.db.query('CREATE TABLE public.found (name text PRIMARY KEY, value int)');
});
afterAll(() => engine.close());

/** What a check named so finds from now on. */
const find = (name: string, status: HealthStatus): Promise<unknown> =>
  engine.db.query(
    'INSERT INTO public.found VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, ['PASS', 'WARN', 'FAIL'].indexOf(status)],
  );

const told = (name: string) =>
  aCheck({
    name,
    label: `The ${name}`,
    kind: 'measure',
    with: {
      measure: {
        kind: 'sql',
        timeoutSeconds: 5,
        with: {
          database: 'app',
          sql: `SELECT value FROM public.found WHERE name = '${name}'`,
          value: 'value',
          none: 'noData',
        },
      },
      warn: { atLeast: 1 },
      fail: { atLeast: 2 },
      nothing: 'FAIL',
    },
  });

/** A health check with a name and a rule of its own. */
const fresh = (
  names: readonly string[],
  change: Partial<HealthSnapshot['alerts'] & object> = {},
): HealthSnapshot => {
  const name = unique('health');
  const base = aHealthCheck({ name, checks: [aCheck(), ...names.map(told)] });
  const alerts = base.alerts as NonNullable<HealthSnapshot['alerts']>;
  return { ...base, alerts: { ...alerts, ...change, rule: { ...alerts.rule, ...change.rule, name } } };
};

/** Ticks in the near past, six hours apart as its cadence has it. */
const tickAt = (before: number): string => new Date(Date.now() - before * 60_000).toISOString();

const check = (
  snapshot: HealthSnapshot,
  tick = tickAt(0),
  { by, attempt = 1 }: { readonly by?: string; readonly attempt?: number } = {},
): Promise<Checked> =>
  engine.run(
    engine.activities.checkHealth,
    { check: snapshot, tick, ringAfterSeconds: 60, ...(by !== undefined && { by }) },
    attempt,
  );

const alertsOf = (found: readonly HandOver[]) =>
  found
    .map(({ incident }) => [incident.labels?.['check'], incident.state, incident.firing.alertType])
    .toSorted((a, b) => String(a).localeCompare(String(b)));

const openOf = async ({ name }: HealthSnapshot): Promise<readonly string[]> => {
  const { rows } = await engine.db.query(
    "SELECT labels ->> 'check' || ' ' || severity AS alert FROM sexton.incident WHERE rule = $1 AND state = 'open' ORDER BY 1",
    [name],
  );
  return rows.map(({ alert }) => alert);
};

describe('a tick', () => {
  it('alerts of each check that does not pass, and ends the alert of each that passes again (SLA-44, SLA-06)', async () => {
    const snapshot = fresh(['a', 'b']);
    await find('a', 'FAIL');
    await find('b', 'WARN');
    const first = await check(snapshot, tickAt(3));
    expect(first).toMatchObject({ report: { status: 'FAIL' }, firing: 2, severity: 'critical' });
    expect(alertsOf(first.handOvers)).toEqual([
      ['a', 'open', 'health_check_fail'],
      ['b', 'open', 'health_check_warn'],
    ]);
    expect(first.handOvers.map(({ incident }) => incident.firing.summary).toSorted()).toEqual([
      'The a: FAIL, 2 is at least 2',
      'The b: WARN, 1 is at least 1',
    ]);
    // Worse and better are one alert that rises and falls.
    await find('b', 'FAIL');
    await find('a', 'PASS');
    const second = await check(snapshot, tickAt(2));
    expect(alertsOf(second.handOvers)).toContainEqual(['a', 'resolved', 'health_check_fail']);
    expect(await openOf(snapshot)).toEqual(['b critical']);
    await find('b', 'PASS');
    expect(await check(snapshot, tickAt(1))).toMatchObject({ report: { status: 'PASS' }, firing: 0 });
    expect(await openOf(snapshot)).toEqual([]);
  });

  it('keeps its report whole and a row a check, and samples of status and latency (SLA-44, SLA-03, SLA-80)', async () => {
    const snapshot = fresh(['c']);
    await find('c', 'WARN');
    const tick = tickAt(1);
    const { report } = await check(snapshot, tick, { by: 'ana' });
    const { rows } = await engine.db.query(
      `SELECT h.status, h.asked_by, h.report, array_agg(array[r.name, r.label, r.status, r.error] ORDER BY r.place) AS results,
         max(r.latency_ms) AS ms, max(r.value) AS value FROM sexton.health_report h JOIN sexton.health_result r ON r.report = h.id
       WHERE h.name = $1 GROUP BY h.id`,
      [snapshot.name],
    );
    expect(rows).toEqual([
      {
        status: 'WARN',
        asked_by: 'ana',
        report,
        results: [
          ['database_connectivity', 'Database: app', 'PASS', null],
          ['c', 'The c', 'WARN', '1 is at least 1'],
        ],
        ms: report.checks[0]?.latency_ms,
        value: 1,
      },
    ]);
    const { rows: samples } = await engine.db.query(
      `SELECT s.measure, s.labels, a.value FROM sexton.series s JOIN sexton.sample a ON a.series = s.id
       WHERE s.monitor = $1 AND a.at = $2 ORDER BY 1, 2`,
      [snapshot.name, tick],
    );
    expect(samples).toEqual([
      {
        measure: 'latency_ms',
        labels: { check: 'database_connectivity' },
        value: report.checks[0]?.latency_ms,
      },
      { measure: 'status', labels: { check: 'c' }, value: 1 },
      { measure: 'status', labels: { check: 'database_connectivity' }, value: 0 },
    ]);
  });

  it('that is tried again after a crash is stored once and opens nothing twice', async () => {
    const snapshot = fresh(['d']);
    await find('d', 'FAIL');
    const tick = tickAt(1);
    const before = await check(snapshot, tick);
    const again = await check(snapshot, tick, { attempt: 2 });
    expect(again.handOvers.map(({ number }) => number)).toEqual(before.handOvers.map(({ number }) => number));
    const { rows } = await engine.db.query(
      `SELECT (SELECT count(*)::int FROM sexton.health_report WHERE name = $1) AS reports,
         (SELECT count(*)::int FROM sexton.incident WHERE rule = $1) AS incidents`,
      [snapshot.name],
    );
    expect(rows).toEqual([{ reports: 1, incidents: 1 }]);
  });

  it('older than the newest one is looked at, and neither told nor stored', async () => {
    const snapshot = fresh(['e']);
    await find('e', 'PASS');
    await check(snapshot, tickAt(1));
    await find('e', 'FAIL');
    const late = await check(snapshot, tickAt(5));
    expect(late).toMatchObject({ superseded: true, report: { status: 'FAIL' }, firing: 0, handOvers: [] });
    expect(await openOf(snapshot)).toEqual([]);
  });

  it('without a check that was retired ends its alert at the second look that does not find it', async () => {
    const snapshot = fresh(['f']);
    await find('f', 'FAIL');
    await check(snapshot, tickAt(4));
    const without = { ...snapshot, checks: [aCheck()] };
    await check(without, tickAt(3));
    expect(await openOf(snapshot)).toEqual(['f critical']);
    await check(without, tickAt(2));
    expect(await openOf(snapshot)).toEqual([]);
  });
});

describe('an alert of newly failing checks', () => {
  it('is opened once for each, and not again while it fails on, answered or not (DRAFT-35)', async () => {
    const { warn: _warn, ...alerts } = aHealthCheck().alerts as NonNullable<HealthSnapshot['alerts']>;
    const rule = { ...alerts.rule, reopenAfterSeconds: 10 * 365 * 86_400 };
    const own = fresh(['g', 'h'], { rule });
    const { warn: _none, ...failOnly } = own.alerts as NonNullable<HealthSnapshot['alerts']>;
    const snapshot = { ...own, alerts: failOnly };
    await find('g', 'FAIL');
    await find('h', 'WARN');
    await check(snapshot, tickAt(5));
    expect(await openOf(snapshot)).toEqual(['g critical']);
    // Somebody says that it is over, which it is not.
    await engine.db.query(
      "UPDATE sexton.incident SET state = 'resolved', resolved_at = sexton.now(), resolved_by = 'ana', seq = seq + 1 WHERE rule = $1",
      [snapshot.name],
    );
    await find('h', 'FAIL');
    await check(snapshot, tickAt(4));
    expect(await openOf(snapshot)).toEqual(['h critical']);
    const { rows } = await engine.db.query('SELECT count(*)::int AS n FROM sexton.incident WHERE rule = $1', [
      snapshot.name,
    ]);
    expect(rows).toEqual([{ n: 2 }]);
  });
});

describe('while the home database does not answer', () => {
  it('a tick of the schedule waits for it and then rings, and one that a person asked for answers at once', async () => {
    const away = awayFor(engine.databases.home);
    const checkHealth = createCheckHealth(engine.dependencies);
    const snapshot = fresh([]);
    const run = (by: string | undefined, waitedSeconds: number) =>
      new MockActivityEnvironment({ scheduledTimestampMs: Date.now() - waitedSeconds * 1000 })
        .run(checkHealth, { check: snapshot, tick: tickAt(0), ringAfterSeconds: 60, ...(by && { by }) })
        .catch((error: unknown) => error);
    away.take();
    expect(await run(undefined, 1)).toMatchObject({ type: 'HOME_UNREACHABLE', nonRetryable: false });
    expect(await run(undefined, 60)).toMatchObject({ type: 'HOME_UNREACHABLE', nonRetryable: true });
    expect(await run('ana', 0)).toMatchObject({
      unstored: expect.stringContaining('ECONNREFUSED'),
      report: { checks: [{ name: 'database_connectivity', status: 'PASS' }] },
      handOvers: [],
    });
    away.putBack();
  });

  it('that answers again ends what rang for it', async () => {
    const snapshot = fresh([]);
    const report = homeDatabaseAway(noticer(snapshot), { tick: tickAt(5), seconds: 60 });
    expect(report.firing.facts).toContainEqual(['first noticed by', `test-pack/check/${snapshot.name}`]);
    await engine.run(engine.activities.observe, {
      reports: [{ ...report, ringing: 'escalation/degraded/test' }],
    });
    const { handOvers } = await check(snapshot);
    expect(handOvers).toMatchObject([
      { workflowId: 'escalation/degraded/test', incident: { state: 'resolved' } },
    ]);
  });
});
