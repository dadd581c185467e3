// How Sexton watches itself: a canary at every tick that is over at the next, and rules about the telling that are not fed
// by themselves.
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAlertingFigures } from '../../../src/adapters/postgres/alerts/alerting-figures.ts';
import { listIncidents } from '../../../src/adapters/postgres/alerts/incident-list.ts';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import { type Catalog, findMonitor } from '../../../src/catalog/catalog.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { SELF_RULES } from '../../../src/domain/alerts/self.ts';
import { parseMatchers } from '../../../src/domain/alerts/silence.ts';
import { judge } from '../../../src/domain/monitors/judge.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { readingsOf, takerOf, valueOf } from '../../support/monitors/measures.ts';

let engine: Engine;
let db: pg.Pool;
let catalog: Catalog;
beforeAll(async () => {
  catalog = await loadCatalog({ env: { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' } });
  engine = await createEngine();
  db = engine.db;
  await db.query('UPDATE sexton.clock SET adjustable = true');
});
afterAll(() => engine.close());
beforeEach(async () => {
  await db.query('TRUNCATE sexton.incident, sexton.outbox, sexton.incident_member, sexton.evaluation');
});

describe('the canary', () => {
  it('opens a fresh incident at every tick, ends the one before, and tells nobody but the log', async () => {
    const own = await createEngine();
    const databases = openDatabases({ url: own.url }, [{ pack: 'sexton', name: 'home', url: own.url }]);
    const watched = await createEngine(undefined, { databases });
    const { snapshot } = findMonitor(catalog, 'sexton/monitor/canary');
    await own.db.query('UPDATE sexton.clock SET adjustable = true');
    const seen: string[] = [];
    for (const minutes of [0, 5, 10, 15]) {
      await own.db.query(`UPDATE sexton.clock SET "offset" = make_interval(mins => $1)`, [minutes]);
      const { rows: now } = await own.db.query('SELECT extract(epoch FROM sexton.now())::float8 AS s');
      const tick = new Date(Math.floor(now[0].s / 300) * 300_000).toISOString();
      const input = { monitor: snapshot, tick, ringAfterSeconds: 60 };
      const { failed, handOvers } = await watched.run(watched.activities.evaluate, input);
      expect(failed).toEqual([]);
      expect(handOvers.at(-1)?.incident).toMatchObject({
        state: 'open',
        firing: { severity: 'info' },
        reopenWithinSeconds: 0,
        policy: { tiers: [{ afterSeconds: 0, notify: ['log'] }] },
      });
      // As its escalation closes it at once.
      await own.db.query(`UPDATE sexton.incident SET state = 'closed' WHERE state = 'resolved'`);
      const { rows } = await own.db.query('SELECT number::int, state FROM sexton.incident ORDER BY number');
      seen.push(rows.map(({ number, state }) => `${number} ${state}`).join(', '));
    }
    expect(seen).toEqual([
      '1 open',
      '1 closed, 2 open',
      '1 closed, 2 closed, 3 open',
      '1 closed, 2 closed, 3 closed, 4 open',
    ]);
    expect(await listIncidents(own.db, true)).toEqual([]);
    expect(await listIncidents(own.db, true, true)).toHaveLength(4);
    const { notify, untold } = await readAlertingFigures(own.db, { withinSeconds: 3600 });
    expect([notify.count, untold]).toEqual([0, 0]);
    await Promise.all([watched.close(), own.close(), databases.close()]);
  });
});

const ago = (seconds: number): string => `sexton.now() - interval '${seconds} seconds'`;

const incident = async (named: string, { told = 5, due = -60 } = {}): Promise<number> => {
  const [pack, rule] = named.split('/');
  const { rows } = await db.query(
    `INSERT INTO sexton.incident (pack, rule, group_key, labels, severity, firing, rule_snapshot, handed_seq, last_wake,
       first_fired_at, first_told_at, next_due_at)
     VALUES ($1, $2, gen_random_uuid()::text, '{}', 'warning', '{}', '{"routes": {"warning": {}}}', 1, 1, ${ago(300)}, ${ago(300 - told)},
       ${ago(due)}) RETURNING number::int`,
    [pack, rule],
  );
  return rows[0].number;
};

const letter = (number: number, state: string) =>
  db.query(
    `INSERT INTO sexton.outbox (incident, wake, channel, address, tier, key, at, state, claimed_at)
     VALUES ($1, 1, 'slack', '', 't', '', sexton.now(), $2, ${ago(200)})`,
    [number, state],
  );

const take = () =>
  takerOf({
    databases: engine.databases,
    temporal: undefined as never,
    declared: {
      jobs: [],
      monitors: [
        { pack: 'shop', name: 'carts', cadenceSeconds: 60, longestGapSeconds: 600 },
        { pack: 'shop', name: 'new', cadenceSeconds: 60 },
      ],
    },
  });

describe('the measure `alerting`', () => {
  it('tells how soon people were told, and what is late, stuck or dead', async () => {
    const late = await incident('shop/late', { told: 90, due: 125 });
    await letter(late, 'dead');
    await letter(await incident('shop/other', { told: 10 }), 'claimed');
    const figure = async (of: 'notify-p95' | 'overdue' | 'dead-letters' | 'stuck' | 'untold') =>
      valueOf(await take()({ kind: 'alerting', of, within: '1h' }));
    expect(await figure('notify-p95')).toBeCloseTo(86, 5);
    expect([await figure('overdue'), await figure('dead-letters'), await figure('stuck')]).toEqual([1, 1, 1]);
    expect(await figure('untold')).toBe(0);
  });

  it('has no value where nothing was told, and never a zero in its place', async () => {
    expect(valueOf(await take()({ kind: 'alerting', of: 'notify-p95' }))).toBeNull();
    expect(valueOf(await take()({ kind: 'alerting', of: 'failed-share' }))).toBeNull();
  });

  it('does not count canaries, nor the alerts that it makes itself', async () => {
    for (const rule of ['canary', ...SELF_RULES])
      await letter(await incident(`sexton/${rule}`, { told: 200, due: 500 }), 'dead');
    for (const of of ['overdue', 'dead-letters', 'stuck', 'untold'] as const)
      expect(valueOf(await take()({ kind: 'alerting', of }))).toBe(0);
    const own = await readAlertingFigures(db, { withinSeconds: 3600, counting: 'own' });
    expect([own.overdue.count, own.deadLetters]).toEqual([SELF_RULES.length, SELF_RULES.length]);
    // Of Sexton's own jobs it does.
    await letter(await incident('sexton/failure'), 'dead');
    expect(valueOf(await take()({ kind: 'alerting', of: 'dead-letters' }))).toBe(1);
  });

  it('tells by how much each monitor is beyond two cadences, the longest of uneven ones', async () => {
    await db.query(
      `INSERT INTO sexton.evaluation (pack, monitor, tick, series, failed, firing) VALUES ('shop', 'carts', ${ago(1230)}, 1, 0, 0)`,
    );
    const readings = readingsOf(await take()({ kind: 'alerting', of: 'monitor-lateness' }));
    expect(readings.map(({ labels, value }) => [labels['monitor'], value && Math.floor(value)])).toEqual([
      ['shop/monitor/carts', 30],
      ['shop/monitor/new', null],
    ]);
  });
});

describe('the rules about telling', () => {
  const saidOf = (name: string, values: Readonly<Record<string, number | null>>): string | undefined => {
    const { snapshot: monitor } = findMonitor(catalog, 'sexton/monitor/alerting');
    const rule = monitor.rules.find((each) => each.rule.name === name);
    if (!rule) throw new Error(`there is no rule ${name}`);
    const asOf = '2026-02-10T12:00:00Z';
    const taken = Object.entries(values).map(([measure, value]) => ({
      measure,
      asOf,
      readings: [{ labels: measure === 'late' ? { monitor: 'shop/monitor/carts' } : {}, value }],
    }));
    const [report] = judge({ monitor, rule, taken, history: [], tick: asOf }).reports;
    const firing = report?.firing;
    return firing && `${firing.severity}: ${firing.summary}`;
  };

  it.each<[string, Readonly<Record<string, number | null>>, string | undefined]>([
    ['wakes_overdue', { overdue: 0, untold: 0 }, undefined],
    [
      'wakes_overdue',
      { overdue: 2, untold: 0 },
      'critical: 2 ladders are late by more than two minutes, 0 incidents have reached nobody',
    ],
    [
      'wakes_overdue',
      { overdue: 0, untold: 1 },
      'critical: 0 ladders are late by more than two minutes, 1 incidents have reached nobody',
    ],
    ['dead_letters', { dead: 0 }, undefined],
    ['dead_letters', { dead: 3 }, 'warning: 3 messages were taken by no channel'],
    ['slow_to_notify', { notify: 60 }, undefined],
    ['slow_to_notify', { notify: null }, undefined],
    [
      'slow_to_notify',
      { notify: 61 },
      'warning: one in twenty incidents of the last hour was told after 61 s or later',
    ],
    ['monitor_late', { late: 0 }, undefined],
    [
      'monitor_late',
      { late: 30 },
      'warning: shop/monitor/carts has not been evaluated for two cadences and 30 s',
    ],
    [
      'canary_paused',
      { paused: 1 },
      'warning: the schedule of the canary is paused, so no heartbeat is sent',
    ],
  ])('%s, where %o', (name, values, expected) => {
    expect(saidOf(name, values)).toBe(expected);
  });

  it('are those that count apart, lead to the role sexton-alerts, and are silenced one by one only', () => {
    const { snapshot } = findMonitor(catalog, 'sexton/monitor/alerting');
    expect(snapshot.rules.map(({ rule }) => rule.name).toSorted()).toEqual([...SELF_RULES]);
    for (const { rule, bands } of snapshot.rules) {
      const policy = rule.routes[bands[0].severity];
      expect(policy?.tiers[0].notify).toEqual(['sexton-alerts']);
    }
    expect(catalog.directory.roles['sexton-alerts']?.length).toBeGreaterThan(1);
    expect(parseMatchers(['pack=sexton']).faults).toHaveLength(1);
    expect(parseMatchers(['pack=sexton', 'rule=dead_letters']).faults).toEqual([]);
  });
});
