// The pack's monitors, policies and thresholds as declared, against the tables of its specification.
import { describe, expect, it } from 'vitest';
import { sexton } from '../../../packs/sexton/pack.ts';
import { env as slaEnv } from '../../../packs/sla-monitoring/env.ts';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { cronCalendars } from '../../../src/catalog/cron.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { declaredSchedules } from '../../../src/client/sync/schedule-spec.ts';
import type { Env } from '../../../src/config/env.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import { readVariables } from '../../../src/config/pack-env.ts';
import type { PolicySnapshot } from '../../../src/domain/alerts/policy.ts';
import type { MonitorSnapshot } from '../../../src/domain/monitors/monitor.ts';
import { slaCatalog, slaMonitor } from '../../support/packs/sla-pack.ts';

const NAMES = ['monitor_cleanup_sla', 'monitor_manual_resolution_queue'];

const catalog = slaCatalog();

const bandsOf = (monitors: readonly MonitorSnapshot[]) =>
  monitors.flatMap(({ rules }) => rules.flatMap((rule) => rule.bands.map((band) => ({ rule, ...band }))));

const all = bandsOf(NAMES.map((name) => slaMonitor(name)));

/** What a band compares with. */
const limitsOf = (env: Env): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    bandsOf(NAMES.map((name) => slaMonitor(name, env))).map(({ alertType, when }) => [alertType, when]),
  );

describe('the pack', () => {
  it('comes and goes as one bundle: named in the config it brings all its things, else none of them (SLA-01)', () => {
    const without = assembleCatalog(
      checkConfig({ packs: [sexton], roles: { 'sexton-alerts': ['log'], 'on-call': ['log'] } }),
      {
        DATABASE_URL: 'postgres://db/x',
        REDIS_URL: 'redis://cache',
      },
    );
    const own = (each: Catalog) =>
      [each.jobs, each.monitors, each.checks, each.policies, each.runbooks, each.reports, each.commands].map(
        (things) =>
          things.filter(({ pack }: { readonly pack: string }) => pack === 'sla-monitoring').length > 0,
      );
    expect(own(catalog)).toEqual([true, true, true, true, true, true, true]);
    expect(own(without)).toEqual([false, false, false, false, false, false, false]);
    const ids = declaredSchedules(without).map(({ id }) => id);
    expect(ids.filter((id) => id.includes('sla-monitoring'))).toEqual([]);
  });

  it('has exactly three monitors, each a workflow that a schedule starts (SLA-02)', () => {
    const own = ({ pack }: { readonly pack: string }) => pack === 'sla-monitoring';
    const looks = [...catalog.monitors.filter(own), ...catalog.checks.filter(own)];
    expect(looks.map(({ name, schedule }) => [name, schedule])).toEqual([
      ['monitor_cleanup_sla', '*/15 * * * *'],
      ['monitor_manual_resolution_queue', '0 * * * *'],
      ['check_cleanup_health', '0 */6 * * *'],
    ]);
    const schedules = declaredSchedules(catalog).filter(({ id }) =>
      looks.some(({ name }) => id.endsWith(name)),
    );
    expect(schedules.map(({ shape }) => shape.workflowType)).toEqual(['monitor', 'monitor', 'healthCheck']);
  });

  it.each([
    ['15', '*/15 * * * *'],
    ['60', '0 * * * *'],
    ['25', 'every 25m'],
    ['1440', '0 0 * * *'],
  ])(
    'runs its monitor of jobs every %s minutes where the environment says so (SLA-84)',
    (minutes, schedule) => {
      const env = { MONITORING_INTERVAL_MINUTES: minutes };
      const monitor = slaCatalog(env).monitors.find(({ name }) => name === 'monitor_cleanup_sla');
      expect(monitor?.schedule).toBe(schedule);
      const { shape } = declaredSchedules(slaCatalog(env)).find(({ id }) =>
        id.endsWith('monitor_cleanup_sla'),
      )!;
      expect(shape.calendars).toEqual(cronCalendars(schedule));
    },
  );
});

describe('an alert', () => {
  it.each([
    [
      'sla_breach_warning',
      'warning',
      /slow batches.*database load and waits.*batch size.*platform/,
      'sla-breach-warning',
    ],
    [
      'sla_breach_critical',
      'critical',
      /Do not kill.*ungranted locks and errors.*stuck/,
      'sla-breach-critical',
    ],
    [
      'success_rate_low',
      'critical',
      /failures have in common.*root cause.*dry-run and retry/,
      'sla-breach-critical',
    ],
    [
      'consecutive_failures',
      'critical',
      /failures have in common.*root cause.*dry-run and retry/,
      'sla-breach-critical',
    ],
    ['throughput_drop', 'warning', /batch timings, indexes and database load/, 'sla-breach-warning'],
    ['sla_sustained_utilization', 'warning', /preventive work/, 'sla-breach-warning'],
    ['mrq_depth_warning', 'warning', /common failure modes.*in batches.*assign.*capacity/, 'mrq-overflow'],
    ['mrq_depth_critical', 'critical', /common failure modes.*in batches.*assign.*capacity/, 'mrq-overflow'],
    ['mrq_age_warning', 'warning', /common failure modes.*in batches.*assign.*capacity/, 'mrq-overflow'],
    [
      'mrq_resolution_rate_low',
      'warning',
      /common failure modes.*in batches.*assign.*capacity/,
      'mrq-overflow',
    ],
    ['mrq_item_escalation', 'critical', /Resolve or assign the listed items/, 'mrq-overflow'],
  ])(
    '%s is %s, says what to do first and where to read on (SLA-41, SLA-72)',
    (type, severity, action, runbook) => {
      const band = all.find(({ alertType }) => alertType === type);
      expect(band).toMatchObject({
        severity,
        severityWord: severity.toUpperCase(),
        action: expect.stringMatching(action),
        runbook: `https://runbooks.example.org/${runbook}`,
      });
      expect(catalog.runbooks.map(({ name }) => name)).toContain(runbook);
    },
  );

  it('fires at the first look and is over at the first that finds it false (SLA-33)', () => {
    for (const { rule } of all)
      expect(rule.rule.timing).toMatchObject({ forSeconds: 0, keepFiringSeconds: 0 });
  });

  it('of a job names its rule and job, one of the queue its rule and queue: nothing else tells two apart (SLA-06)', () => {
    for (const name of NAMES)
      for (const { with: params, kind } of Object.values(slaMonitor(name).measures).filter(
        ({ keep }) => !keep,
      ))
        expect(kind === 'job-sla' ? 'job' : params['labels']).toEqual(kind === 'job-sla' ? 'job' : ['queue']);
  });
});

describe('the thresholds', () => {
  it('have the stated defaults, those that no rule names as well (SLA-82)', () => {
    expect(readVariables({ shape: slaEnv, env: {} }).values).toMatchObject({
      SLA_WARNING_THRESHOLD_PERCENT: 80,
      SLA_CRITICAL_THRESHOLD_PERCENT: 100,
      SLA_SUCCESS_RATE_THRESHOLD: 0.95,
      SLA_THROUGHPUT_DROP_RATIO: 0.5,
      SLA_CONSECUTIVE_FAILURES: 3,
      SLA_SUSTAINED_RUNS: 3,
      SLA_STUCK_MINUTES: 10,
      SLA_LOCK_MAX_SECONDS: 7200,
      MONITORING_INTERVAL_MINUTES: 15,
      MRQ_DEPTH_WARNING: 100,
      MRQ_DEPTH_CRITICAL: 500,
      MRQ_AGE_WARNING_HOURS: 48,
      MRQ_AGE_ESCALATION_HOURS: 168,
      MRQ_ITEM_SLA_HOURS: 24,
      MRQ_RESOLUTION_DROP_RATIO: 0.5,
    });
  });

  it('are those of the specification where the environment says nothing (SLA-82, SLA-120)', () => {
    expect(limitsOf({})).toEqual({
      sla_breach_warning: { measure: 'utilization', above: 80 },
      sla_breach_critical: { measure: 'utilization', above: 100 },
      success_rate_low: { measure: 'success_rate', below: 0.95 },
      throughput_drop: { measure: 'throughput_ratio', below: 0.5 },
      consecutive_failures: { measure: 'failing_streak', atLeast: 3 },
      sla_sustained_utilization: { measure: 'sustained_utilization', above: 80 },
      mrq_depth_warning: { measure: 'depth', above: 100 },
      mrq_depth_critical: { measure: 'depth', above: 500 },
      mrq_age_warning: { measure: 'average_age', above: 48 },
      mrq_item_escalation: { measure: 'items_requiring_escalation', above: 0 },
      mrq_resolution_rate_low: {
        all: [
          { measure: 'resolution_ratio', below: 0.5 },
          { measure: 'depth', above: 0 },
        ],
      },
    });
  });

  it.each([
    ['SLA_WARNING_THRESHOLD_PERCENT', '70', 'sla_breach_warning', { measure: 'utilization', above: 70 }],
    ['SLA_CRITICAL_THRESHOLD_PERCENT', '120', 'sla_breach_critical', { measure: 'utilization', above: 120 }],
    ['SLA_SUCCESS_RATE_THRESHOLD', '0.9', 'success_rate_low', { measure: 'success_rate', below: 0.9 }],
    ['SLA_THROUGHPUT_DROP_RATIO', '0.25', 'throughput_drop', { measure: 'throughput_ratio', below: 0.25 }],
    ['SLA_CONSECUTIVE_FAILURES', '5', 'consecutive_failures', { measure: 'failing_streak', atLeast: 5 }],
    ['MRQ_DEPTH_WARNING', '50', 'mrq_depth_warning', { measure: 'depth', above: 50 }],
    ['MRQ_DEPTH_CRITICAL', '900', 'mrq_depth_critical', { measure: 'depth', above: 900 }],
    ['MRQ_AGE_WARNING_HOURS', '24', 'mrq_age_warning', { measure: 'average_age', above: 24 }],
  ])('follow %s (SLA-82)', (name, value, alertType, when) => {
    expect(limitsOf({ [name]: value })[alertType]).toEqual(when);
  });

  it('that stand within a measure follow the environment as well (SLA-82)', () => {
    const measures = (env: Env) => JSON.stringify(NAMES.map((name) => slaMonitor(name, env).measures));
    expect(measures({ SLA_SUSTAINED_RUNS: '4' })).toContain('"of":"sustained-utilization","jobs"');
    expect(
      slaMonitor(NAMES[0]!, { SLA_SUSTAINED_RUNS: '4' }).measures['sustained_utilization']?.with,
    ).toMatchObject({
      runs: 4,
    });
    expect(measures({ MRQ_ITEM_SLA_HOURS: '12' })).toContain('hours > 12)');
    expect(measures({ MRQ_AGE_ESCALATION_HOURS: '200' })).toContain('hours > 200)');
  });
});

const tiersOf = ({ tiers }: PolicySnapshot) =>
  tiers.map(({ afterSeconds, notify, mark }) => [afterSeconds / 60, mark ?? notify.join('+')]);

describe('who is told', () => {
  const PAGED = { PAGERDUTY_ROUTING_KEY: 'k'.repeat(32) };

  it.each([
    [
      'sla_breach',
      'warning',
      [
        [0, 'sla-alerts'],
        [240, 'response_sla_missed'],
        [1440, 'team-lead'],
      ],
    ],
    [
      'sla_breach',
      'critical',
      [
        [0, 'sla-pages'],
        [15, 'response_sla_missed'],
        [30, 'on-call'],
      ],
    ],
    [
      'throughput',
      'warning',
      [
        [0, 'sla-alerts'],
        [240, 'response_sla_missed'],
        [1440, 'team-lead'],
      ],
    ],
    [
      'sustained_utilization',
      'warning',
      [
        [0, 'engineering-lead+sla-alerts'],
        [240, 'response_sla_missed'],
        [1440, 'team-lead'],
      ],
    ],
    [
      'mrq_depth',
      'warning',
      [
        [0, 'sla-alerts+operators'],
        [240, 'response_sla_missed'],
        [1440, 'team-lead'],
      ],
    ],
    [
      'mrq_items',
      'critical',
      [
        [0, 'sla-pages+operators'],
        [15, 'response_sla_missed'],
        [30, 'on-call'],
      ],
    ],
  ] as const)('of %s at %s, and after how many minutes (SLA-37, SLA-68, SLA-69)', (name, severity, tiers) => {
    const rules = NAMES.flatMap((each) => slaMonitor(each, PAGED).rules);
    const policy = rules.find(({ rule }) => rule.name === name)?.rule.routes[severity];
    expect(policy && tiersOf(policy)).toEqual(tiers);
  });

  it('of a queue that overflows where there is no PagerDuty: Sentry and Slack, and the notice says so (SLA-74, SLA-123)', () => {
    const [depth] = slaMonitor('monitor_manual_resolution_queue').rules;
    const policy = depth?.rule.routes.critical;
    expect(policy?.degradedRouting).toBe(true);
    expect(policy?.tiers[0]?.notify).toEqual(['sla-alerts', 'operators']);
    expect(policy?.people['sla-alerts']).toEqual(['sentry', 'slack:webhook', 'log']);
  });

  it('by a role each, the two leads apart (SLA-04, SLA-122)', () => {
    const { roles } = catalog.directory;
    expect(Object.keys(roles)).toEqual(
      expect.arrayContaining(['on-call', 'operators', 'team-lead', 'engineering-lead']),
    );
    expect(roles['team-lead']).not.toEqual(roles['engineering-lead']);
  });
});
