// Who is woken is checked when it is declared: a page that would reach nobody is a fault, not a surprise at night.
import { describe, expect, it } from 'vitest';
import { ConfigurationError, renderFault } from '../../src/catalog/faults.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import type { JobAlertsDefinition, PackDefinition } from '../../src/index.ts';
import { defineJob, definePack, definePolicy } from '../../src/index.ts';

const ENV = {
  DATABASE_URL: 'postgres://db/x',
  REDIS_URL: 'redis://cache',
  RUNBOOK_BASE_URL: 'https://rb.example',
};
const ROLES = { 'on-call': ['slack:webhook', 'log'], 'team-lead': ['log'] };
const PAGE = definePolicy({ name: 'page', tiers: [{ name: 'now', after: '0s', notify: ['on-call'] }] });
const ROUTES = { warning: 'page', high: 'page', critical: 'page' };

const job = (alerts?: JobAlertsDefinition, name = 'sweep') =>
  defineJob({
    name,
    summary: 'Sweeps',
    owner: 'on-call',
    resourceType: 'leaf',
    schedule: '10 * * * *',
    budget: '5m',
    runbook: 'sweep',
    steps: [
      {
        name: 'leaves',
        action: 'delete',
        batch: 1000,
        selection: {
          database: 'app',
          table: 'leaves',
          key: ['id'],
          age: { column: 'fell_at', olderThan: '24h' },
        },
      },
    ],
    ...(alerts && { alerts }),
  });

interface Given {
  readonly roles?: unknown;
  readonly pack?: Partial<PackDefinition>;
}

const load = (declared: object, { roles = ROLES, pack = {} }: Given = {}) => {
  const garden = {
    ...definePack({
      name: 'garden',
      databases: { app: { url: 'DATABASE_URL' } },
      env: {},
      build: () => ({ jobs: [], ...declared }),
    }),
    ...pack,
  };
  return assembleCatalog(checkConfig({ packs: [garden], roles }), ENV);
};

const alertsOf = (declared: object, given?: Given) => load(declared, given).jobs[0]!.snapshot.alerts!;

const faultsOf = (declared: object, given?: Given): readonly string[] => {
  try {
    load(declared, given);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(renderFault);
    throw error;
  }
  return [];
};

const tier = (change: object = {}) => ({ name: 'now', after: '0s', notify: ['log'], ...change });
const withTiers = (...tiers: readonly object[]) => ({
  policies: [{ name: 'page', tiers }],
  routes: ROUTES,
});
const band = (above: number, change: object = {}) => ({
  above,
  severity: 'warning',
  alertType: 'late',
  action: 'Look',
  ...change,
});

describe('a job that says nothing about alerts', () => {
  it('is warned about above 80 %, critical above 100 %, and high when a run fails', () => {
    const { budget, failure } = alertsOf({ jobs: [job()] });
    expect(budget?.rule).toMatchObject({ pack: 'garden', name: 'budget', reopenAfterSeconds: 1800 });
    expect(budget?.bands).toMatchObject([
      { abovePercent: 80, severity: 'warning', alertType: 'budget_nearing' },
      { abovePercent: 100, severity: 'critical', alertType: 'budget_exceeded' },
    ]);
    expect(failure?.rule.name).toBe('failure');
    expect(failure?.band).toMatchObject({ severity: 'high', severityWord: 'high', alertType: 'run_failed' });
  });

  it('of a pack without policies tells the log at once, whatever the severity', () => {
    const { budget } = alertsOf({ jobs: [job()] }, { roles: undefined });
    expect(Object.keys(budget!.rule.routes)).toEqual(['info', 'warning', 'high', 'critical']);
    for (const policy of Object.values(budget!.rule.routes)) {
      expect(policy).toMatchObject({ pack: 'sexton', name: 'log-only', people: {} });
      expect(policy.tiers).toEqual([{ name: 'log', afterSeconds: 0, notify: ['log'] }]);
    }
  });
});

describe('a rule', () => {
  it('carries whole policies, with the targets of each role they name and of no other', () => {
    const { budget } = alertsOf({ jobs: [job()], policies: [PAGE], routes: ROUTES });
    expect(budget?.rule.routes.critical).toEqual({
      v: 1,
      pack: 'garden',
      name: 'page',
      tiers: [{ name: 'now', afterSeconds: 0, notify: ['on-call'] }],
      people: { 'on-call': ['slack:webhook', 'log'] },
    });
    expect(budget?.rule.routes.info).toBeUndefined();
  });

  it('has its own routes before the pack’s', () => {
    const mail = definePolicy({ ...PAGE, name: 'mail', ackExpires: '4h' });
    const alerts = { budget: { routes: { warning: 'mail' } } };
    const { budget, failure } = alertsOf({ jobs: [job(alerts)], policies: [PAGE, mail], routes: ROUTES });
    expect(budget?.rule.routes.warning).toMatchObject({ name: 'mail', ackExpiresSeconds: 14_400 });
    expect(budget?.rule.routes.critical?.name).toBe('page');
    expect(failure?.rule.routes.warning?.name).toBe('page');
  });

  it('speaks the pack’s words and sends to the band’s runbook, else the job’s', () => {
    const alerts = { budget: { bands: [band(50, { runbook: 'late' }), band(90)] } } as JobAlertsDefinition;
    const { budget } = alertsOf({ jobs: [job(alerts)] }, { pack: { severityNames: { warning: 'WARN' } } });
    expect(budget?.bands).toEqual([
      {
        abovePercent: 50,
        severity: 'warning',
        severityWord: 'WARN',
        alertType: 'late',
        recommendedAction: 'Look',
        runbook: 'https://rb.example/late',
      },
      expect.objectContaining({ abovePercent: 90, runbook: 'https://rb.example/sweep' }),
    ]);
  });

  it('that is false is not there, and its severities need no route', () => {
    const off = job({ budget: false, failure: false });
    expect(alertsOf({ jobs: [off], routes: {} })).toEqual({});
  });

  it('keeps its own times of opening again', () => {
    const { failure } = alertsOf({ jobs: [job({ reopenWithin: '0s', reopenAfter: '2h' })] });
    expect(failure?.rule).toMatchObject({ reopenWithinSeconds: 0, reopenAfterSeconds: 7200 });
  });

  it('may be shared by jobs, but not be a budget rule here and a failure rule there', () => {
    expect(faultsOf({ jobs: [job(), job({}, 'rake')] })).toEqual([]);
    expect(faultsOf({ jobs: [job(), job({ failure: { rule: 'budget' } }, 'rake')] })).toEqual([
      'garden/job/rake.alerts.failure.rule: must not be the name of a budget rule of the pack, got "budget"',
    ]);
  });
});

describe('refused is', () => {
  it.each<[string, object, string]>([
    ['a policy without a tier', withTiers(), 'garden/policy/page.tiers: must have a tier, got []'],
    [
      'a policy that pages nobody',
      withTiers({ name: 'now', after: '0s', mark: 'seen' }),
      'garden/policy/page.tiers: must notify somebody in at least one tier, got [{"name":"now","after":"0s","mark":"seen"}]',
    ],
    [
      'a first notice that waits: that is the rule’s business',
      withTiers(tier({ after: '5m' })),
      'garden/policy/page.tiers.0.after: must be 0s in the first tier, got "5m"',
    ],
    [
      'a first tier that tells nobody',
      withTiers({ name: 'seen', after: '0s', mark: 'seen' }, tier({ after: '5m' })),
      'garden/policy/page.tiers.0.notify: must be set in the first tier',
    ],
    [
      'a tier that is never reached',
      withTiers(tier(), tier({ name: 'later', after: '0s' })),
      'garden/policy/page.tiers.1.after: must be after the tier before it (now), got "0s"',
    ],
    [
      'a tier that does nothing',
      withTiers(tier(), { name: 'later', after: '1m' }),
      'garden/policy/page.tiers.1: must notify somebody, mark something, or both, got {"name":"later","after":"1m"}',
    ],
    [
      'an empty tier',
      withTiers(tier(), tier({ name: 'later', after: '1m', notify: [] })),
      'garden/policy/page.tiers.1.notify: must name at least one role or target, got []',
    ],
    [
      'two tiers of one name',
      withTiers(tier(), tier({ after: '1m' })),
      'garden/policy/page.tiers.1.name: must be unique in its policy, got "now"',
    ],
    [
      'an unknown role',
      withTiers(tier({ notify: ['log', 'on-cal'] })),
      'garden/policy/page.tiers.0.notify.1: must be a role, person or rotation of sexton.config.ts (on-call, team-lead) or a target such as log, got "on-cal"',
    ],
    [
      'an unknown channel',
      withTiers(tier({ notify: ['sms:112'] })),
      'garden/policy/page.tiers.0.notify.0: must be in a known channel (log, webhook, slack, email, pagerduty, sentry), got "sms:112"',
    ],
    [
      'a Slack target without address',
      withTiers(tier({ notify: ['slack:'] })),
      'garden/policy/page.tiers.0.notify.0: must name an address, such as slack:ops-alerts, got "slack:"',
    ],
    [
      'an address where there are none',
      withTiers(tier({ notify: ['log:here'] })),
      'garden/policy/page.tiers.0.notify.0: must be plain log, which takes no address, got "log:here"',
    ],
    [
      'an acknowledgement that never holds',
      { policies: [{ ...PAGE, ackExpires: '0s' }], routes: ROUTES },
      'garden/policy/page.ackExpires: must be a duration above 0, such as 5m or 1h30m, got "0s"',
    ],
    [
      'a second policy of one name',
      { policies: [PAGE, PAGE], routes: ROUTES },
      'garden/policy/page: is named twice in its pack',
    ],
    [
      'a policy named like the built-in one',
      { policies: [{ ...PAGE, name: 'log-only' }], routes: { warning: 'log-only' } },
      'garden/policy/log-only: must have another name: this policy is built in',
    ],
    ['a policy that no route leads to', { policies: [PAGE] }, 'garden/policy/page: must be named by a route'],
    [
      'a route to an unknown policy',
      { policies: [PAGE], routes: { ...ROUTES, warning: 'pgae' } },
      'pack garden.routes.warning: must be a policy of the pack (page) or log-only, got "pgae"',
    ],
    ['a route for no severity', { routes: { fatal: 'log-only' } }, 'pack garden.routes.fatal: no such key'],
  ])('%s', (_, declared, line) => {
    expect(faultsOf(declared)).toEqual([line]);
  });

  it.each<[string, object, string]>([
    ['a band at 0', { budget: { bands: [band(0)] } }, 'budget.bands.0.above: must be > 0, got 0'],
    [
      'bands that do not rise',
      { budget: { bands: [band(80), band(80)] } },
      'budget.bands.1.above: must be above the band before it (80), got 80',
    ],
    [
      'a severity that falls while the number rises',
      { budget: { bands: [band(80, { severity: 'high' }), band(90)] } },
      'budget.bands.1.severity: must not be below the band before it (high), got "warning"',
    ],
    [
      'a rule without bands',
      { budget: { bands: [] } },
      'budget.bands: must have a band; to have no alert say budget: false, got []',
    ],
    ['a rule that is true', { failure: true }, 'failure: must be false or an object, got true'],
    [
      'an unknown severity',
      { failure: { severity: 'fatal' } },
      'failure.severity: must be info or warning or high or critical, got "fatal"',
    ],
    [
      'a route of its own to an unknown policy',
      { failure: { routes: { high: 'page' } } },
      'failure.routes.high: must be a policy of the pack (it has none) or log-only, got "page"',
    ],
    ['an unknown key', { budjet: false }, 'budjet: no such key'],
  ])('%s', (_, alerts, line) => {
    expect(faultsOf({ jobs: [job(alerts as JobAlertsDefinition)] })).toEqual([
      `garden/job/sweep.alerts.${line}`,
    ]);
  });

  it('a severity that can fire and has no route: nobody would hear of it', () => {
    expect(faultsOf({ jobs: [job()], policies: [PAGE], routes: { warning: 'page' } })).toEqual([
      "garden/job/sweep.alerts.budget: must have a route for critical, in the pack's routes or its own, or be false",
      "garden/job/sweep.alerts.failure: must have a route for high, in the pack's routes or its own, or be false",
    ]);
  });

  it.each<[string, unknown, string]>([
    ['a role of nobody', { 'on-call': [] }, 'roles.on-call: must name at least one target, got []'],
    [
      'a role of a role',
      { 'on-call': ['boss'] },
      'roles.on-call.0: must be a person or rotation of sexton.config.ts (there is none) or a target such as log, got "boss"',
    ],
    [
      'a role with a Slack target without address',
      { 'on-call': ['log', 'slack'] },
      'roles.on-call.1: must name an address, such as slack:ops-alerts, got "slack"',
    ],
    [
      'a role that is named like a channel',
      { 'on-call': ['log'], slack: ['log'] },
      'roles.slack: must not be the name of a channel',
    ],
    [
      'a webhook’s address in place of its name, which is not shown either',
      { 'on-call': ['slack:https://hooks.example/geheim'] },
      'roles.on-call.0: must name an address without blanks and /, never one on the web, got a 36-character value (masked)',
    ],
  ])('%s, and no policy is blamed for it', (_, roles, line) => {
    const declared = { jobs: [job()], policies: [PAGE], routes: ROUTES };
    expect(faultsOf(declared, { roles })).toEqual([`sexton.config.ts.${line}`]);
  });

  it('everything at once, each at its place', () => {
    const late = { name: 'late', tiers: [tier({ after: '1m', notify: ['nobody'] })] };
    const faults = faultsOf(
      { jobs: [job({ failure: { routes: { high: 'nowhere' } } })], policies: [PAGE, late], routes: ROUTES },
      { roles: { 'on-call': ['pager:1'] } },
    );
    expect(faults.map((line) => line.split(':')[0])).toEqual([
      'sexton.config.ts.roles.on-call.0',
      'garden/policy/late.tiers.0.after',
      'garden/policy/late.tiers.0.notify.0',
      'garden/job/sweep.alerts.failure.routes.high',
      'garden/policy/late',
    ]);
  });
});
