// Who is woken is checked when it is declared: a page that would reach nobody is a fault, not a surprise at night.
import { describe, expect, it } from 'vitest';
import type { JobAlertsDefinition } from '../../src/index.ts';
import { band, faultsOf, job, PAGE, ROUTES, tier, withTiers } from '../support/alerts/declared-alerts.ts';

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
