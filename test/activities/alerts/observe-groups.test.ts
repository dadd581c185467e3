// Groups and waits in the door's own rows: what joins and leaves, what a restart, an outage and an older version leave behind.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createObserve } from '../../../src/activities/alerts/observe.ts';
import { markHandedOver } from '../../../src/adapters/postgres/alerts/incidents.ts';
import { resolveByHand } from '../../../src/adapters/postgres/alerts/ladders.ts';
import { listMembers } from '../../../src/adapters/postgres/alerts/members.ts';
import { openDatabases } from '../../../src/adapters/postgres/databases.ts';
import type {
  AlertTiming,
  Complete,
  HandOver,
  Report,
  RuleSnapshot,
} from '../../../src/domain/alerts/alert.ts';
import { aRule } from '../../support/alerts/policies.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aTick, MINUTE, type Sign, START } from '../../support/monitors/series.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
let rule: RuleSnapshot;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(() => {
  rule = aRule({ name: unique('rule') });
});

/** `{ a: '!' }`: series a of host 1 is seen as that sign, so many minutes after the start. */
type Seen = Readonly<Record<string, Exclude<Sign, '-' | ' '>>>;

const reportsOf = (minute: number, seen: Seen): readonly Report[] =>
  Object.entries(seen).map(([disk, sign]) => ({
    ...aTick(START + minute * MINUTE, sign, rule),
    labels: { host: disk.startsWith('z') ? '2' : '1', disk },
  }));

const look = (minute: number, seen: Seen, whole = false): Promise<readonly HandOver[]> => {
  const subjectAt = new Date(START + minute * MINUTE).toISOString();
  const complete: Complete = { pack: rule.pack, rule: rule.name, subject: `tick/${subjectAt}`, subjectAt };
  const reports = reportsOf(minute, seen);
  return engine.run(engine.activities.observe, { reports, ...(whole && { complete: [complete] }) });
};

const incidents = async () =>
  (
    await engine.db.query(
      'SELECT number::int, state, severity, seq, members, labels FROM sexton.incident WHERE rule = $1 ORDER BY number',
      [rule.name],
    )
  ).rows;

const timed = (timing: AlertTiming): void => {
  rule = aRule({ name: rule.name, timing: { cadenceSeconds: 60, ...timing } });
};

describe('a group', () => {
  beforeEach(() => {
    rule = aRule({ name: rule.name, groupBy: ['host'] });
  });

  it('is one incident that hears of each wave once: who joined, who left, who is worst', async () => {
    await look(0, { a: '!', b: '!', z: '!' });
    expect(await incidents()).toMatchObject([
      { seq: 1, labels: { host: '1' }, members: { firing: 2, ever: 2 } },
      { seq: 1, labels: { host: '2' }, members: { firing: 1, ever: 1 } },
    ]);
    await look(1, { a: '!', b: '!' });
    expect(await incidents()).toMatchObject([{ seq: 1 }, { seq: 1 }]);
    await look(2, { a: '!!', b: '.', c: '!', d: '!' });
    expect(await incidents()).toMatchObject([
      { seq: 2, severity: 'critical', members: { firing: 3, ever: 4 } },
      { seq: 1 },
    ]);
    await look(3, { a: '.', c: '.', d: '.' });
    expect(await incidents()).toMatchObject([
      { state: 'resolved', seq: 3, members: { firing: 0, ever: 4 } },
      {},
    ]);
  });

  it('keeps a row for each alert, with since and until', async () => {
    const [found] = await look(0, { a: '!', b: '!!' });
    await look(1, { a: '.', b: '!!' });
    const members = await listMembers(engine.db, found?.number ?? 0, 10);
    expect(members).toMatchObject([
      { labels: { disk: 'b' }, severity: 'critical', until: null },
      { labels: { disk: 'a' }, severity: 'warning', until: expect.any(String) },
    ]);
    await look(2, { a: '!!', b: '!!' });
    expect(await listMembers(engine.db, found?.number ?? 0, 10)).toMatchObject([
      { labels: { disk: 'a' }, severity: 'critical', until: null },
      { labels: { disk: 'b' } },
    ]);
  });

  it('that a person resolved stays so for what fired then, and opens for what is new', async () => {
    const [found] = await look(0, { a: '!' });
    await resolveByHand(engine.db, found?.number ?? 0, 'ada');
    await look(1, { a: '!' });
    expect(await incidents()).toMatchObject([{ state: 'resolved' }]);
    await look(2, { a: '!', b: '!' });
    expect(await incidents()).toMatchObject([{ state: 'open', members: { firing: 2 } }]);
  });

  it('hands over where its ladder stands, its labels and what follows from a new member', async () => {
    rule = aRule({ name: rule.name, groupBy: ['host'], onNewMember: 'page' });
    const [found] = await look(0, { a: '!' });
    expect(found).toMatchObject({
      stored: { ladder: null, revision: 0 },
      incident: { labels: { host: '1' }, onNewMember: 'page', members: { firing: 1 } },
    });
    const ladder = { status: 'open', revision: 7 };
    await engine.db.query('UPDATE sexton.incident SET ladder = $2 WHERE number = $1', [
      found?.number,
      ladder,
    ]);
    expect(await look(1, { a: '!' })).toMatchObject([
      { stored: { ladder: { status: 'open' }, revision: 7 } },
    ]);
  });
});

describe('a wait', () => {
  it('goes on after a restart of everything in its middle', async () => {
    timed({ forSeconds: 180 });
    await look(0, { a: '!' });
    await look(1, { a: '!' });
    const databases = openDatabases({ url: engine.url }, []);
    try {
      const observe = createObserve({ databases });
      expect(await observe({ reports: reportsOf(2, { a: '!' }) })).toEqual([]);
      expect(await observe({ reports: reportsOf(3, { a: '!' }) })).toHaveLength(1);
    } finally {
      await databases.close();
    }
  });

  it('to resolve goes on, too', async () => {
    timed({ keepFiringSeconds: 120 });
    await look(0, { a: '!' });
    for (const minute of [1, 2]) await look(minute, { a: '.' });
    expect(await incidents()).toMatchObject([{ state: 'open', seq: 1 }]);
    await look(3, { a: '.' });
    expect(await incidents()).toMatchObject([{ state: 'resolved', seq: 2 }]);
  });
});

describe('after an outage', () => {
  it('of the engine one evaluation makes one incident a group, however many ticks were missed', async () => {
    rule = aRule({ name: rule.name, groupBy: ['host'] });
    await look(0, { a: '.', b: '.', z: '.' });
    const found = await look(240, { a: '!', b: '!!', z: '!' });
    expect(found).toHaveLength(2);
    expect(await look(240, { a: '!', b: '!!', z: '!' })).toEqual(found);
    expect(await incidents()).toMatchObject([{ seq: 1 }, { seq: 1 }]);
  });

  it('of its source an alert that fired goes on, and nobody hears of it anew (grafana 58386)', async () => {
    timed({ forSeconds: 60, error: { means: 'alert' }, noData: { means: 'alert' } });
    await look(0, { a: '!!' });
    const [found] = await look(1, { a: '!!' });
    if (!found) throw new Error('nothing was handed over');
    await markHandedOver(engine.db, found.number, found.seq);
    for (const [minute, sign] of [
      [2, 'x'],
      [3, 'x'],
      [4, '0'],
      [5, '!!'],
      [6, '!!'],
    ] as const) {
      expect(await look(minute, { a: sign })).toEqual([]);
    }
    expect(await incidents()).toMatchObject([{ state: 'open', seq: 1, severity: 'critical' }]);
    await look(7, { a: '.' });
    expect(await incidents()).toMatchObject([{ state: 'resolved' }]);
  });
});

describe('a series that no evaluation finds any more', () => {
  it('is gone after two complete ones in a row; an incomplete one says nothing of it', async () => {
    await look(0, { a: '!', b: '!' });
    await look(1, { b: '!' }, true);
    await look(2, { b: '!' });
    expect(await incidents()).toMatchObject([{ state: 'open' }, { state: 'open' }]);
    await look(3, {}, true);
    expect(await incidents()).toMatchObject([
      { state: 'resolved', labels: { disk: 'a' } },
      { state: 'open' },
    ]);
  });
});

describe('what an older Sexton wrote', () => {
  it('goes on: its row without a memory fires, stays one incident and resolves', async () => {
    await look(0, { a: '!' });
    await engine.db.query(`UPDATE sexton.alert_state SET memory = NULL WHERE rule = $1`, [rule.name]);
    await look(1, { a: '!' });
    expect(await incidents()).toMatchObject([{ state: 'open', seq: 1 }]);
    await engine.db.query(`UPDATE sexton.alert_state SET memory = NULL WHERE rule = $1`, [rule.name]);
    await look(2, { a: '.' });
    expect(await incidents()).toMatchObject([{ state: 'resolved', seq: 2 }]);
  });

  it('and a rule that folds its alerts from now on ends what was open alone, for the group', async () => {
    await look(0, { a: '!', b: '!' });
    rule = aRule({ name: rule.name, groupBy: [] });
    await look(1, { a: '!', b: '!' });
    expect(await incidents()).toMatchObject([
      { state: 'resolved' },
      { state: 'resolved' },
      { state: 'open', members: { firing: 2 } },
    ]);
  });
});
