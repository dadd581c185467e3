// People, rotations and ladders that repeat are checked when they are declared: whoever cannot be woken is a fault, not a
// surprise at night.
import { describe, expect, it } from 'vitest';
import { ConfigurationError, renderFault } from '../../src/catalog/faults/fault.ts';
import { checkConfig } from '../../src/catalog/load.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';
import { definePack } from '../../src/index.ts';

const ENV = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
const PEOPLE = { anna: { targets: ['slack:anna'], zone: 'Europe/Berlin' }, bert: { targets: ['log'] } };
const PRIMARY = {
  zone: 'Europe/Berlin',
  members: ['anna', 'bert'],
  handOver: { every: 'week', at: '09:00', on: 'mon' },
  start: '2026-01-05',
};

const load = (config: object, policy: object = {}) => {
  const garden = definePack({
    name: 'garden',
    databases: { app: { url: 'DATABASE_URL' } },
    env: {},
    build: () => ({
      jobs: [],
      policies: [{ name: 'page', tiers: [{ name: 'now', after: '0s', notify: ['log'] }], ...policy }],
      routes: { high: 'page' },
    }),
  });
  return assembleCatalog(checkConfig({ packs: [garden], ...config }), ENV);
};
const faultsOf = (config: object, policy?: object): readonly string[] => {
  try {
    load(config, policy);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults.map(renderFault);
    throw error;
  }
  return [];
};
const rotation = (change: object) => ({ people: PEOPLE, rotations: { primary: { ...PRIMARY, ...change } } });
const overrides = (...list: readonly object[]) =>
  rotation({ overrides: list.map((each) => ({ person: 'bert', ...each })) });

describe('people and rotations', () => {
  it('are brought into the shape that whoever wakes them needs', () => {
    const away = { from: '2026-12-24 09:00', until: '2026-12-26T09:00:00+01:00', person: 'bert' };
    const { directory } = load({ roles: { lead: ['anna', 'log'] }, ...rotation({ overrides: [away] }) });
    expect(directory).toEqual({
      roles: { lead: ['anna', 'log'] },
      people: PEOPLE,
      rotations: {
        primary: {
          name: 'primary',
          zone: 'Europe/Berlin',
          members: ['anna', 'bert'],
          everyHours: 168,
          first: '2026-01-05T09:00',
          overrides: [
            {
              fromMs: Date.parse('2026-12-24T08:00:00Z'),
              untilMs: Date.parse('2026-12-26T08:00:00Z'),
              person: 'bert',
            },
          ],
        },
      },
    });
  });

  it('travel with the policies that name them, a rotation as all of its members: rather too many than nobody', () => {
    const tiers = [{ name: 'now', after: '0s', notify: ['on-call', 'anna', 'primary', 'log'] }];
    const config = { roles: { 'on-call': ['primary', 'slack:ops'], lead: ['anna'] }, ...rotation({}) };
    const [policy] = load(config, { tiers }).policies;
    expect(policy?.snapshot.people).toEqual({
      'on-call': ['slack:anna', 'log', 'slack:ops'],
      anna: ['slack:anna'],
      primary: ['slack:anna', 'log'],
    });
  });

  it('may be named by nobody', () => {
    expect(faultsOf({ roles: { idle: ['log'] }, ...rotation({}) })).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      'a person without targets',
      { people: { anna: { targets: [] } } },
      'people.anna.targets: must name at least one target, got []',
    ],
    [
      'a person in no zone',
      { people: { anna: { targets: ['log'], zone: 'Atlantis' } } },
      'people.anna.zone: must be a time zone, such as Europe/Berlin or UTC, got "Atlantis"',
    ],
    [
      'a person named like a channel',
      { people: { log: { targets: ['log'] } } },
      'people.log: must not be the name of a channel',
    ],
    [
      'one name for two',
      { roles: { anna: ['log'] }, people: PEOPLE },
      'people.anna: must not be the name of one of roles too',
    ],
    [
      'a role of somebody unknown',
      { roles: { lead: ['ann'] }, people: PEOPLE },
      'roles.lead.0: must be a person or rotation of sexton.config.ts (anna, bert) or a target such as log, got "ann"',
    ],
    [
      'a rotation of nobody',
      rotation({ members: [] }),
      'rotations.primary.members: must name at least one person, got []',
    ],
    [
      'a rotation of somebody unknown',
      rotation({ members: ['anna', 'cleo'] }),
      'rotations.primary.members.1: must be one of people (anna, bert), got "cleo"',
    ],
    [
      'a hand-over every so often',
      rotation({ handOver: { every: '90m', at: '09:00' } }),
      'rotations.primary.handOver.every: must be day, week, or whole hours such as 12h, got "90m"',
    ],
    [
      'a weekday of a daily hand-over',
      rotation({ handOver: { every: 'day', at: '09:00', on: 'mon' } }),
      'rotations.primary.handOver.on: must be left out where a shift is not whole weeks, got "mon"',
    ],
    [
      'a start on another day',
      rotation({ start: '2026-01-06' }),
      'rotations.primary.start: must be a mon, the day of the hand-over, and is a tue, got "2026-01-06"',
    ],
    [
      'a start on a day that there is not',
      rotation({ start: '2026-02-30' }),
      'rotations.primary.start: must be a day that there is, such as 2026-01-05, got "2026-02-30"',
    ],
    [
      'an override by somebody unknown',
      overrides({ from: '2026-12-24', until: '2026-12-25', person: 'cleo' }),
      'rotations.primary.overrides.0.person: must be one of people (anna, bert), got "cleo"',
    ],
    [
      'an override that ends before it begins',
      overrides({ from: '2026-12-24 09:00', until: '2026-12-24 08:00' }),
      'rotations.primary.overrides.0.until: must be after from, got "2026-12-24 08:00"',
    ],
    [
      'an override at a time that the clock skips, explained',
      overrides({ from: '2026-03-29 02:30', until: '2026-03-29 09:00' }),
      'rotations.primary.overrides.0.from: must be a time that the clock shows: in Europe/Berlin the clock goes from 2026-03-29 02:00 to 2026-03-29 03:00, got "2026-03-29 02:30"',
    ],
    [
      'an override at a time that the clock shows twice, with what to write',
      overrides({ from: '2026-10-25 02:30', until: '2026-10-25 09:00' }),
      'rotations.primary.overrides.0.from: must say which, as the clock of Europe/Berlin shows it twice: the first is 2026-10-25T00:30:00.000Z, got "2026-10-25 02:30"',
    ],
    [
      'an override at no time',
      overrides({ from: 'christmas', until: '2026-12-25' }),
      'rotations.primary.overrides.0.from: must be a time such as 2026-12-24 09:00 (in Europe/Berlin) or 2026-12-24T09:00Z, got "christmas"',
    ],
  ])('%s is refused', (_, config, line) => {
    expect(faultsOf(config)).toEqual([`sexton.config.ts.${line}`]);
  });

  it('that override each other at one time are refused', () => {
    const faults = faultsOf(
      overrides({ from: '2026-12-24', until: '2026-12-26' }, { from: '2026-12-25', until: '2026-12-27' }),
    );
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(
      /overrides\.1: must not overlap another: bert has it from Thu 2026-12-24 00:00 Europe\/Berlin/,
    );
  });

  it('have their faults told all at once, and no policy is blamed for naming one of them', () => {
    const tiers = [{ name: 'now', after: '0s', notify: ['primary', 'anna', 'nobody'] }];
    const config = {
      roles: { lead: ['ann'] },
      people: { anna: { targets: [] } },
      rotations: { primary: { ...PRIMARY, members: ['cleo'] } },
    };
    expect(faultsOf(config, { tiers }).map((line) => line.split(':')[0])).toEqual([
      'sexton.config.ts.people.anna.targets',
      'sexton.config.ts.roles.lead.0',
      'sexton.config.ts.rotations.primary.members.0',
      'garden/policy/page.tiers.0.notify.2',
    ]);
  });
});

describe('a policy', () => {
  const tier = (after: string, name: string, more: object = {}) => ({
    name,
    after,
    notify: ['log'],
    ...more,
  });
  const night = { from: '22:00', to: '06:00', zone: 'Europe/Berlin' };

  it('may repeat, raise, expire to a tier, go overdue and keep quiet hours', () => {
    const [policy] = load(
      {},
      {
        tiers: [
          tier('0s', 'first', { repeat: { every: '4m', times: 3 } }),
          tier('15m', 'page', { raiseTo: 'high', repeat: { every: '1h' } }),
        ],
        ackExpires: '2h',
        ackExpiresTo: 'page',
        ackOverdue: '1h',
        quietHours: { windows: [night], below: 'high' },
        resolvedNotice: false,
      },
    ).policies;
    expect(policy?.snapshot).toMatchObject({
      tiers: [
        { repeat: { everySeconds: 240, times: 3 } },
        { raiseTo: 'high', repeat: { everySeconds: 3600 } },
      ],
      ackExpiresSeconds: 7200,
      ackExpiresTo: 'page',
      ackOverdueSeconds: 3600,
      quietHours: { windows: [{ fromMinutes: 1320, toMinutes: 360, zone: 'Europe/Berlin' }], below: 'high' },
      resolvedNotice: false,
    });
  });

  it.each<[string, object, string]>([
    [
      'a last repeat that the next tier cuts off (Grafana OnCall #934)',
      { tiers: [tier('0s', 'first', { repeat: { every: '5m', times: 3 } }), tier('15m', 'page')] },
      'tiers.0.repeat: must be over before the next tier that tells anybody (page, after 15m); its last would come after 15m',
    ],
    [
      'a repeat that never comes, whatever marks stand between',
      {
        tiers: [
          tier('0s', 'first', { repeat: { every: '20m' } }),
          { name: 'late', after: '5m', mark: 'late' },
          tier('15m', 'page'),
        ],
      },
      'tiers.0.repeat: must be over before the next tier that tells anybody (page, after 15m); its first would come after 20m',
    ],
    [
      'a repeat of nothing',
      { tiers: [tier('0s', 'first'), { name: 'late', after: '5m', mark: 'late', repeat: { every: '1m' } }] },
      'tiers.1.repeat: must be left out where nobody is notified',
    ],
    [
      'a repeat of no times',
      { tiers: [tier('0s', 'first', { repeat: { every: '1m', times: 0 } })] },
      'tiers.0.repeat.times: must be a whole number from 1 to 1000; to repeat it until the next tier leave it out, got 0',
    ],
    [
      'a severity raised to what it is',
      { tiers: [tier('0s', 'first', { raiseTo: 'high' }), tier('5m', 'page', { raiseTo: 'high' })] },
      'tiers.1.raiseTo: must be above high, got "high"',
    ],
    [
      'an expiry to a tier that tells nobody',
      {
        tiers: [tier('0s', 'first'), { name: 'late', after: '5m', mark: 'late' }],
        ackExpires: '1h',
        ackExpiresTo: 'late',
      },
      'ackExpiresTo: must be a tier of the policy that tells somebody (first), got "late"',
    ],
    [
      'an acknowledgement overdue after it has expired',
      { ackExpires: '1h', ackOverdue: '2h' },
      'ackOverdue: must not be above ackExpires, or it never comes, got "2h"',
    ],
    [
      'quiet hours for nothing',
      { quietHours: { windows: [night], below: 'info' } },
      'quietHours.below: must be above info: nothing is below it, got "info"',
    ],
  ])('with %s is refused', (_, policy, line) => {
    const faults = faultsOf({}, policy).map((fault) => fault.replace(/, got \{.*\}$/, ''));
    expect(faults).toEqual([`garden/policy/page.${line}`]);
  });

  it('whose quiet hours never end is refused: nobody would ever be woken', () => {
    const windows = [
      { ...night, to: '12:00' },
      { ...night, from: '12:00', to: '22:00' },
    ];
    const faults = faultsOf({}, { quietHours: { windows, below: 'critical' } });
    expect(faults[0]).toMatch(
      /quietHours\.windows: must leave some time of the week, or nobody is ever woken/,
    );
  });
});
