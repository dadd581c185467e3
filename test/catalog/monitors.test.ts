// Monitors are checked when they are declared: a rule that could never fire, or would reach nobody, is a fault and not a
// surprise at night.
import { describe, expect, it } from 'vitest';
import { findMonitor, findRule } from '../../src/catalog/catalog.ts';
import type { MonitorDefinition, RuleDefinition } from '../../src/index.ts';
import { defineJob } from '../../src/index.ts';
import {
  band,
  faultsOf,
  loadMonitors,
  monitor,
  PAGE,
  rule,
  SQL,
} from '../support/monitors/declared-monitors.ts';

const OVER = { measure: 'a', above: 30 } as const;
const FINE = rule([band(OVER)]);

/** Faults of one monitor's rules, without the place of the monitor. */
const told = (rules: readonly RuleDefinition[], change: Partial<MonitorDefinition> = {}) =>
  faultsOf({ monitors: [monitor(rules, change)] }).map((fault) =>
    fault.replace('garden/monitor/pollution.', ''),
  );

describe('a monitor that is sound', () => {
  const catalog = loadMonitors(
    {
      monitors: [
        monitor(
          [
            rule(
              [
                band(OVER, { response: '4h', runbook: 'drafts' }),
                band({ measure: 'a', above: 50 }, { severity: 'high', alertType: 'far_too_many' }),
              ],
              {
                for: '15m',
                keepFiring: '5m',
                every: 2,
                groupBy: [],
                severityNames: { warning: 'MEDIUM' },
                windows: [{ from: '22:00', to: '23:00', zone: 'UTC' }],
                minimum: { measure: 'b', atLeast: 20 },
              },
            ),
          ],
          { runbook: 'pollution' },
        ),
      ],
    },
    { severityNames: { warning: 'WARN', high: 'HIGH' } },
  );
  const { snapshot, id, schedule } = findMonitor(catalog, 'pollution');
  const [only] = snapshot.rules;

  it('is found by its bare name, with its rules', () => {
    expect([id, schedule]).toEqual(['garden/monitor/pollution', '*/5 * * * *']);
    expect(findRule(catalog, 'drafts')).toMatchObject({ id: 'garden/rule/drafts', rule: only });
    expect(() => findRule(catalog, 'draft')).toThrow(/no rule draft; did you mean drafts\?/);
  });

  it('travels with its waits in seconds, counted in the looks of each rule', () => {
    expect(snapshot).toMatchObject({ cadenceSeconds: 300, owner: 'on-call' });
    expect(only?.rule.timing).toMatchObject({
      forSeconds: 900,
      keepFiringSeconds: 300,
      cadenceSeconds: 600,
      onGap: 'reset',
      error: { means: 'alert', afterSeconds: 1200 },
    });
    expect(only?.rule).toMatchObject({
      groupBy: [],
      reopenWithinSeconds: 300,
      reopenAfterSeconds: 1800,
      windows: [{ fromMinutes: 1320, toMinutes: 1380, zone: 'UTC' }],
    });
  });

  it('keeps its state where there is too little to judge by, and otherwise alerts after two looks', () => {
    expect(only?.rule.timing?.noData).toEqual({ means: 'keep', afterSeconds: 1200 });
    const plain = loadMonitors({ monitors: [monitor([FINE])] }).monitors[0]?.snapshot.rules[0];
    expect(plain?.rule.timing?.noData).toEqual({ means: 'alert', afterSeconds: 600 });
  });

  it('speaks the words of the rule before the pack’s, and sends to the band’s runbook, else the monitor’s', () => {
    expect(only?.bands.map(({ severityWord, runbook }) => [severityWord, runbook])).toEqual([
      ['MEDIUM', 'https://rb.example/drafts'],
      ['HIGH', 'https://rb.example/pollution'],
    ]);
    expect(only?.noData).toMatchObject({ severity: 'warning', severityWord: 'MEDIUM', alertType: 'no_data' });
  });

  it('has the response time of a band as the wait of its policy’s first tier, and no other policy changed (DRAFT-62)', () => {
    const afters = (severity: 'warning' | 'high') =>
      only?.rule.routes[severity]?.tiers.map(({ afterSeconds }) => afterSeconds / 60);
    expect(afters('warning')).toEqual([0, 240, 270]);
    expect(afters('high')).toEqual([0, 60, 90]);
  });
});

describe('a band', () => {
  it('that can never hold, or never counts, is a fault', () => {
    const never = band({
      all: [
        { measure: 'a', above: 9 },
        { measure: 'a', below: 5 },
      ],
    });
    const hidden = [
      band({ measure: 'a', above: 50 }),
      band(
        {
          any: [
            { measure: 'a', above: 30 },
            { measure: 'b', above: 1 },
          ],
        },
        { alertType: 'second', severity: 'high' },
      ),
    ];
    expect(told([rule([never])])).toEqual([
      'rules.0.bands.0.when: must be able to hold: a above 9 and a below 5 never does, got {"all":[{"measure":"a","above":9},{"measure":"a","below":5}]}',
    ]);
    expect(told([rule(hidden)])[0]).toMatch(
      /rules\.0\.bands\.0\.when: must be able to count: whenever it holds, so does the later band \(a above 30 or b above 1\)/,
    );
  });

  it('below the one before it, of the same name, or with another response for the same policy is a fault', () => {
    const bands = [
      band(OVER, { severity: 'high', response: '1h' }),
      band({ measure: 'a', above: 50 }, { severity: 'warning' }),
      band({ measure: 'a', above: 70 }, { severity: 'high', alertType: 'third', response: '2h' }),
    ];
    expect(told([rule(bands)])).toEqual([
      'rules.0.bands.1.severity: must not be below the band before it (high), got "warning"',
      'rules.0.bands.2.response: must be the same in every high band: they share a policy, got "2h"',
      'rules.0.bands.1.alertType: must be the only band of this name in its rule, got "too_many"',
    ]);
  });

  it('that recovers while it still holds, or whose recovery nobody would ask for, is a fault', () => {
    const early = rule([band({ measure: 'a', above: 20 }, { recovers: { measure: 'a', atMost: 25 } })]);
    const later = rule([
      band(OVER),
      band({ measure: 'a', above: 50 }, { alertType: 'second', recovers: { measure: 'a', atMost: 40 } }),
    ]);
    expect(told([early])[0]).toMatch(/bands\.0\.recovers: must not hold while the band does \(a above 20\)/);
    expect(told([later])[0]).toMatch(/bands\.1\.recovers: must stand in the first band/);
    expect(
      told([rule([band({ measure: 'a', above: 20 }, { recovers: { measure: 'a', atMost: 10 } })])]),
    ).toEqual([]);
  });
});

describe('a condition', () => {
  const faulty = (...conditions: readonly unknown[]) =>
    told([rule(conditions.map((when, place) => band(when as typeof OVER, { alertType: `t${place}` })))], {
      measures: { a: SQL },
    }).map((fault) => fault.replace(/, got .*/, ''));

  it('that is none is told in words, each at its place', () => {
    expect(
      faulty(
        { measure: 'a' },
        { measure: 'a', above: 1, below: 5 },
        { any: [] },
        { all: [{ above: 1 }] },
        { measure: 'a', over: 1 },
        { measure: 'a', unchangedFor: '0s' },
        { measure: 'a', ratio: { to: 'mode', over: '1h', minimumSamples: 0 } },
        { measure: 'a', above: '1' },
      ),
    ).toEqual([
      'rules.0.bands.0.when: must have exactly one of above, atLeast, below, atMost, equals, increasing, unchangedFor, absentFor, ratio',
      'rules.0.bands.1.when: must have exactly one of above, atLeast, below, atMost, equals, increasing, unchangedFor, absentFor, ratio',
      'rules.0.bands.2.when.any: must have a condition',
      'rules.0.bands.3.when.all.0: must name a measure, or have any or all',
      'rules.0.bands.4.when.over: no such key',
      'rules.0.bands.4.when: must have exactly one of above, atLeast, below, atMost, equals, increasing, unchangedFor, absentFor, ratio',
      'rules.0.bands.5.when.unchangedFor: must be a duration above 0, such as 5m or 1h30m',
      'rules.0.bands.6.when.ratio.to: must be mean or median',
      'rules.0.bands.6.when.ratio.minimumSamples: must be a whole number from 1 on',
      'rules.0.bands.7.when.above: must be a number',
    ]);
  });
});

describe('what a rule names', () => {
  it('must be there: measures, labels, placeholders, databases; and every measure must be used', () => {
    const declared = rule([band({ all: [OVER, { measure: 'gone', above: 1 }] })], {
      summary: '{value} in {site} and {town}',
      dedupKey: 'drafts:{value}',
      groupBy: ['town'],
      while: { measure: 'off', equals: 0 },
    });
    const measures = {
      a: { ...SQL, labels: ['site'] },
      spare: { ...SQL, database: 'elsewhere' },
    };
    expect(told([declared], { measures })).toEqual([
      'measures.spare.database: must be a database of the pack (app), got "elsewhere"',
      'measures.spare: must be used by a rule, a record or a write, or say keep: true',
      'rules.0.bands.0.when: must name a measure of the monitor (a, spare), got "gone"',
      'rules.0.while: must name a measure of the monitor (a, spare), got "off"',
      'rules.0.summary: must have only these in braces: value, limit, rule, a, gone, off, site, got {town}',
      'rules.0.dedupKey: must stay the same while the alert lasts: {rule} and labels only, got {value}',
      'rules.0.groupBy: must be a label of the rule\'s measures (site), got "town"',
    ]);
  });

  it('must be counted in evenly spaced ticks where only every nth is judged', () => {
    expect(told([rule([band(OVER)], { every: 2 })], { schedule: '0,10,30 * * * *' })).toEqual([
      'rules.0.every: must be left out: ticks of 0,10,30 * * * * are not evenly spaced, got 2',
    ]);
  });

  it('must lead to somebody: a severity without a route, a response that no tier waits for', () => {
    const bands = [
      band(OVER, { response: '2h' }),
      band({ measure: 'a', above: 50 }, { severity: 'critical', alertType: 'x' }),
    ];
    const declared = {
      monitors: [monitor([rule(bands, { noData: { means: 'alert', severity: 'high' } })])],
      policies: [{ name: 'short', tiers: [{ name: 'now', after: '0s', notify: ['log'] }] }],
      routes: { warning: 'short' },
    };
    expect(faultsOf(declared)).toEqual([
      "garden/monitor/pollution.rules.0: must have a route for critical, in the pack's routes or its own",
      "garden/monitor/pollution.rules.0: must have a route for high, in the pack's routes or its own",
      'garden/monitor/pollution.rules.0: must have a policy with a second tier for warning: a band says after how long it comes, got "short"',
    ]);
  });

  it('must not hold it for ever: no unknown cause, not itself, no circle', () => {
    const named = (name: string, ...inhibitedBy: readonly string[]) =>
      rule([band(OVER)], { name, inhibitedBy });
    expect(
      told([named('one', 'two'), named('two', 'one'), named('self', 'self'), named('lost', 'nobody')]),
    ).toEqual([
      'rules.0.inhibitedBy.0: must not lead back to the rule: both would be held for ever, got "two"',
      'rules.1.inhibitedBy.0: must not lead back to the rule: both would be held for ever, got "one"',
      'rules.2.inhibitedBy.0: must not lead back to the rule: both would be held for ever, got "self"',
      'rules.3.inhibitedBy.0: must be a rule of the pack (one, two, self, lost), got "nobody"',
    ]);
    expect(told([FINE, named('held', 'drafts')])).toEqual([]);
  });
});

describe('a rule of the name of a job’s', () => {
  const job = defineJob({
    name: 'sweep',
    summary: 'Sweeps',
    owner: 'on-call',
    resourceType: 'leaf',
    schedule: '10 * * * *',
    budget: '5m',
    alerts: { budget: { rule: 'sla_breach' }, failure: false, reopenWithin: '10m' },
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
  });
  const faults = (change: Partial<RuleDefinition>) =>
    faultsOf({
      jobs: [job],
      monitors: [monitor([rule([band(OVER)], { name: 'sla_breach', ...change })])],
      policies: [PAGE, { ...PAGE, name: 'mail' }],
    });
  const AS = 'as in garden/job/sweep.alerts.budget, which is the same rule by its name';

  it('is the same rule, and must say the same of who is told and when it is over', () => {
    expect(faults({ reopenWithin: '10m' }).filter((fault) => fault.includes('monitor'))).toEqual([]);
    expect(faults({ for: '5m', groupBy: [], routes: { warning: 'mail' } })).toEqual([
      `garden/monitor/pollution.rules.0.reopenWithin: must be 10m ${AS}, got 5m`,
      `garden/monitor/pollution.rules.0.for: must be 0s ${AS}, got 5m`,
      `garden/monitor/pollution.rules.0.routes.warning: must be page ${AS}, got "mail"`,
      `garden/monitor/pollution.rules.0.groupBy: must be left out ${AS}, got []`,
    ]);
  });

  it('that two monitors have is a fault, whatever its capitals', () => {
    const monitors = [monitor([FINE]), monitor([{ ...FINE, name: 'Drafts' }], { name: 'other' })];
    expect(faultsOf({ monitors })).toEqual([
      'garden/monitor/other.rules.0.name: must be the only monitored rule of this name in its pack, got "Drafts"',
    ]);
  });
});
