// What a pack says of its health checks, and what becomes of it: every fault at once, and whole snapshots.
import { describe, expect, it } from 'vitest';
import type { CheckDefinition, HealthCheckDefinition } from '../../src/catalog/define/checks.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import type { Env } from '../../src/config/env.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { variableStates } from '../../src/config/variable-states.ts';
import type { LocksParams, ScheduleParams, WorkersParams } from '../../src/domain/health/check-params.ts';
import { defineHealthCheck, definePack, variable } from '../../src/index.ts';
import { band, faultsOf, loadMonitors, monitor, rule } from '../support/monitors/declared-monitors.ts';

const aCheck = (
  checks: Readonly<Record<string, CheckDefinition>> = { redis: { kind: 'redis' } },
  change: Partial<HealthCheckDefinition> = {},
): HealthCheckDefinition =>
  defineHealthCheck({
    name: 'garden_health',
    summary: 'What the garden depends on',
    owner: 'on-call',
    schedule: '0 6 * * *',
    checks,
    ...change,
  });

const MONITOR = monitor([rule([band({ measure: 'a', above: 1 })])]);

const wrong = (input: object): HealthCheckDefinition => input as HealthCheckDefinition;

describe('a health check that is declared wrong', () => {
  it('is told every fault at once, with its place', () => {
    const faults = faultsOf({
      checks: [
        wrong({
          name: 'Garden',
          summary: '',
          owner: 'on-call',
          schedule: 'daily',
          checks: {
            a: { kind: 'tarot' },
            b: { kind: 'redis', timeout: '2m' },
            c: { kind: 'measure', measure: { kind: 'redis', of: 'ping-ms' } },
            d: { kind: 'measure', measure: { kind: 'redis', of: 'ping-ms' }, fail: { above: 1, below: 2 } },
            e: { kind: 'index', database: 'app', index: 'x; DROP TABLE y' },
            f: { kind: 'objects', database: 'app' },
          },
          alerts: { warn: false, fail: false },
        }),
      ],
    });
    const places = faults.map((fault) => fault.split(':')[0]);
    for (const place of [
      'name',
      'summary',
      'schedule',
      'checks.a.kind',
      'checks.b.timeout',
      'checks.c',
      'checks.d.fail',
      'checks.e.index',
      'checks.f',
      'alerts',
    ])
      expect(
        places.some((each) => each?.endsWith(place)),
        `${place} in ${places.join(' ')}`,
      ).toBe(true);
    expect(faults.join('\n')).toContain(
      'must be one of postgres, redis, blob, index, schedule, variable, table-shape',
    );
  });

  it('is told what it names that its pack has not', () => {
    const faults = faultsOf({
      checks: [
        aCheck(
          {
            database: { kind: 'postgres', database: 'shed' },
            schedule: { kind: 'schedule', of: 'weeding' },
            locks: { kind: 'locks', maxAgeOf: { weeding: '4h' } },
            depth: {
              kind: 'measure',
              measure: { kind: 'sql', database: 'pond', sql: 'SELECT 1 AS value' },
              fail: { above: 1 },
            },
          },
          { summaryTo: ['gardeners'] },
        ),
      ],
    });
    expect(faults).toEqual([
      'garden/check/garden_health.checks.database.database: must be a database of the pack (app), got "shed"',
      'garden/check/garden_health.checks.schedule.of: must be a job, monitor or health check of the pack (garden_health), got "weeding"',
      'garden/check/garden_health.checks.locks.maxAgeOf.weeding: must be a job of the pack (there is none), got "weeding"',
      'garden/check/garden_health.checks.depth.measure.database: must be a database of the pack (app), got "pond"',
      expect.stringContaining('garden/check/garden_health.summaryTo.0: must be a role, person or rotation'),
    ]);
  });

  it('must not share its name with a monitor, its rule with another, nor alert where no route leads', () => {
    const faults = faultsOf({
      routes: { warning: 'page', critical: 'page' },
      monitors: [MONITOR],
      checks: [
        aCheck(undefined, { name: 'pollution' }),
        aCheck(undefined, { alerts: { warn: { severity: 'info' } } }),
      ],
    });
    expect(faults).toEqual([
      expect.stringContaining('garden/check/garden_health.alerts: must have a route for info'),
      'garden/check/pollution: must not be the name of a monitor of the pack',
      expect.stringContaining(
        'garden/check/garden_health.alerts.rule: must be the only rule of this name in its pack',
      ),
    ]);
  });
});

describe('a health check that is declared', () => {
  it('travels whole: labels, addresses of runbooks, routes, and what its checks compare with', () => {
    const { checks } = loadMonitors({
      monitors: [MONITOR],
      checks: [
        aCheck(
          {
            a: { kind: 'schedule', of: 'pollution' },
            b: { kind: 'locks' },
            c: { kind: 'workers' },
            d: { kind: 'index', database: 'app', index: 'idx_a', label: 'The index', timeout: '2s' },
          },
          { runbook: 'health', alerts: { newlyOnly: true, warn: false, fail: {} } },
        ),
      ],
    });
    const [check] = checks;
    if (!check) throw new Error('there is a health check');
    expect(check).toMatchObject({ id: 'garden/check/garden_health', schedule: '0 6 * * *' });
    const { snapshot } = check;
    const [a, b, c, d] = snapshot.checks;
    expect(a).toMatchObject({ label: 'Schedule: pollution', kind: 'schedule', timeoutSeconds: 5 });
    expect(a?.with as unknown as ScheduleParams).toEqual({
      schedule: 'sexton/garden/monitor/pollution',
      cron: '*/5 * * * *',
    });
    expect(b?.with as unknown as LocksParams).toEqual({ locks: [] });
    expect(c?.with as unknown as WorkersParams).toEqual({
      queues: ['sexton-orchestration', 'sexton-watch', 'sexton-notify', 'sexton-cleanup/garden/app'],
      build: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(d).toMatchObject({
      label: 'The index',
      timeoutSeconds: 2,
      with: { database: 'app', index: 'idx_a' },
    });
    expect(snapshot).toMatchObject({ v: 1, cadenceSeconds: 86_400, runbook: 'https://rb.example/health' });
    expect(snapshot.alerts?.fail).toMatchObject({
      severity: 'critical',
      alertType: 'health_check_fail',
      runbook: 'https://rb.example/health',
    });
    expect(snapshot.alerts).not.toHaveProperty('warn');
    expect(snapshot.alerts?.rule.routes.critical).toMatchObject({ name: 'page' });
    // Resolved by hand, it stays so for as long as anybody remembers.
    expect(snapshot.alerts?.rule.reopenAfterSeconds).toBeGreaterThan(365 * 86_400);
  });

  it('knows how its variables stand in this environment, and nothing of what they are (SLA-48)', () => {
    const names = ['DATABASE_URL', 'REDIS_URL', 'POND_URL', 'POND_TOKEN'];
    const checks = aCheck(
      Object.fromEntries(names.map((name) => [name.toLowerCase(), { kind: 'variable', variable: name }])),
    );
    const garden = definePack({
      name: 'garden',
      databases: { app: { url: 'DATABASE_URL' } },
      env: { POND_URL: variable.url().optional(), POND_TOKEN: variable.token().optional() },
      build: () => ({ checks: [checks] }),
    });
    const states = (env: Env = {}) => {
      const here = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache', ...env };
      const found = assembleCatalog(checkConfig({ packs: [garden] }), here).variableStates;
      expect(JSON.stringify(found)).not.toMatch(/db\/x|cache|pond\.example/);
      return Object.fromEntries(found.map(({ name, state }) => [name, state.is]));
    };
    expect(states()).toEqual({
      DATABASE_URL: 'sound',
      REDIS_URL: 'sound',
      POND_URL: 'missing',
      POND_TOKEN: 'missing',
    });
    expect(states({ POND_URL: 'https://pond.example.org', GARDEN__POND_TOKEN: 'abc' })).toMatchObject({
      POND_URL: 'sound',
      POND_TOKEN: 'sound',
    });
  });

  it('says of a variable that is not of its form which form that is, and not what it holds (SLA-48)', () => {
    const garden = definePack({
      name: 'garden',
      databases: {},
      env: { POND_URL: variable.url().optional() },
      build: () => ({}),
    });
    const { packs } = checkConfig({ packs: [garden] });
    const checks = [aCheck({ pond: { kind: 'variable', variable: 'POND_URL' } })];
    expect(variableStates(packs[0]!, checks as never, { POND_URL: 'hunter2' })).toEqual([
      {
        pack: 'garden',
        name: 'POND_URL',
        state: { is: 'malformed', rule: 'must be a URL that starts with http:// or https://' },
      },
    ]);
  });
});
