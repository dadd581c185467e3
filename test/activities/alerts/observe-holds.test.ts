// Silences, windows and inhibition hold opening and wakes and never an alert's state: what still fires when they end
// goes on, without a new observation.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openHeld } from '../../../src/activities/reconcile/end-holds.ts';
import { readHold } from '../../../src/adapters/postgres/alerts/holds.ts';
import { addSilence, endSilence, type NewSilence } from '../../../src/adapters/postgres/alerts/silences.ts';
import type { HandOver, RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import { parseMatchers } from '../../../src/domain/alerts/silence.ts';
import { aRule } from '../../support/alerts/policies.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { aTick, MINUTE, START } from '../../support/monitors/series.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
let rule: RuleSnapshot;
beforeAll(async () => {
  engine = await createEngine();
  await engine.db.query('UPDATE sexton.clock SET adjustable = true');
});
afterAll(() => engine.close());
beforeEach(() => {
  rule = aRule({ name: unique('rule') });
});
afterEach(() =>
  engine.db.query('UPDATE sexton.silence SET ended_at = sexton.now(), ended_by = $1', ['test']),
);

let minute = 0;
const look = (
  sign: '!' | '!!' | '.',
  labels: Readonly<Record<string, string>> = {},
  of: RuleSnapshot = rule,
): Promise<readonly HandOver[]> => {
  minute += 1;
  return engine.run(engine.activities.observe, {
    reports: [{ ...aTick(START + minute * MINUTE, sign, of), labels }],
  });
};

const later = (seconds: number) =>
  engine.db.query(`UPDATE sexton.clock SET "offset" = "offset" + make_interval(secs => $1)`, [seconds]);

const silence = (matchers: readonly string[], change: Partial<NewSilence> = {}) =>
  addSilence(engine.db, {
    matchers: parseMatchers(matchers).matchers,
    until: 3600,
    author: 'ana',
    comment: 'moving the database',
    ...change,
  });

/** What reconcile does each time, and what it finds to hand over at once. */
const reconcile = () => engine.run(() => openHeld(engine.dependencies), undefined);

const incidents = async (name = rule.name) =>
  (
    await engine.db.query(
      'SELECT number::int, state, seq, hold FROM sexton.incident WHERE rule = $1 ORDER BY number',
      [name],
    )
  ).rows;

const stateOf = async (name = rule.name) =>
  (await engine.db.query('SELECT state, held FROM sexton.alert_state WHERE rule = $1', [name])).rows;

const numberOf = (found: readonly HandOver[]): number => found[0]?.number ?? 0;

describe('a silence', () => {
  it('keeps an incident from opening, not the alert from firing, and lets it go on once it is ended', async () => {
    const { id } = await silence([`rule=${rule.name}`]);
    expect(await look('!!')).toEqual([]);
    expect(await stateOf()).toMatchObject([
      { state: 'firing', held: { kind: 'silence', reason: `silence ${id} by ana: moving the database` } },
    ]);
    await reconcile();
    expect(await incidents()).toEqual([]);
    await endSilence(engine.db, id, 'ana');
    expect(await reconcile()).toEqual([{ pack: rule.pack, rule: rule.name }]);
    expect(await incidents()).toMatchObject([{ state: 'open', seq: 1 }]);
    expect(await stateOf()).toMatchObject([{ held: null }]);
  });

  it('ends by itself', async () => {
    await silence([`rule=${rule.name}`], { until: 600 });
    await look('!');
    await later(601);
    await reconcile();
    expect(await incidents()).toMatchObject([{ state: 'open' }]);
  });

  it('opens nothing for what was fine again before it ended', async () => {
    const { id } = await silence([`rule=${rule.name}`]);
    await look('!');
    await look('.');
    await endSilence(engine.db, id, 'ana');
    await reconcile();
    expect(await incidents()).toEqual([]);
  });

  it('holds the wakes of an incident that is open, and its escalation is told when it has ended', async () => {
    const number = numberOf(await look('!'));
    expect(await readHold(engine.db, number)).toBeUndefined();
    const { id, endsAt } = await silence([`rule=${rule.name}`]);
    const until = expect.stringContaining(endsAt.slice(0, 19));
    expect(await readHold(engine.db, number)).toMatchObject({ kind: 'silence', until });
    await reconcile();
    expect(await incidents()).toMatchObject([{ state: 'open', seq: 1, hold: { kind: 'silence' } }]);
    expect(await look('!')).toMatchObject([{ incident: { held: { kind: 'silence' } } }]);
    await endSilence(engine.db, id, 'ana');
    await reconcile();
    expect(await incidents()).toMatchObject([{ state: 'open', seq: 2, hold: null }]);
    await reconcile();
    expect(await incidents()).toMatchObject([{ seq: 2 }]);
  });

  it('says what it means: =, !=, =~ and !~ of whole values, all of them at once', async () => {
    const cases: readonly (readonly [readonly string[], boolean])[] = [
      [['host=web-1'], true],
      [['host=web'], false],
      [['host=~web-.*'], true],
      [['host=~eb-1'], false],
      [['host=~web-1|db-1', 'zone!=eu'], true],
      [['host=~web-.*', 'zone!~|us'], false],
      [['host=web-1', `pack=${rule.pack}`], true],
      [['host=web-1', 'pack=another'], false],
    ];
    for (const [matchers, quiet] of cases) {
      const { id } = await silence(matchers);
      const own = { host: 'web-1', case: String(id) };
      const found = await look('!', own, aRule({ name: unique('rule') }));
      expect([matchers, found.length]).toEqual([matchers, quiet ? 0 : 1]);
      await endSilence(engine.db, id, 'test');
    }
  });

  it('of everything does not reach the alerts of Sexton itself, while one of a rule by its name does', async () => {
    const own = aRule({ pack: 'sexton', name: unique('own') });
    await silence(['pack=~.*x.*']);
    expect(await look('!', {}, own)).toHaveLength(1);
    const another = aRule({ pack: 'sexton', name: unique('own') });
    await silence(['pack=sexton', `rule=${another.name}`]);
    expect(await look('!', {}, another)).toEqual([]);
  });

  it('lasts a week at most, and an expression that cannot be understood keeps nothing quiet', async () => {
    await expect(silence(['rule=x'], { until: 8 * 86_400 })).rejects.toThrow(/a_silence_ends/);
    await addSilence(engine.db, {
      matchers: [{ label: 'rule', op: '!~', value: '(' }],
      until: 60,
      author: 'ana',
      comment: 'broken',
    });
    expect(await look('!')).toHaveLength(1);
  });

  it('of one member keeps that one from joining its group, and the group awake', async () => {
    rule = aRule({ name: rule.name, groupBy: [] });
    const { id } = await silence(['disk=b']);
    const number = numberOf(await look('!', { disk: 'a' }));
    await look('!', { disk: 'b' });
    expect(await incidents()).toMatchObject([{ seq: 1 }]);
    expect(await readHold(engine.db, number)).toBeUndefined();
    await endSilence(engine.db, id, 'ana');
    await reconcile();
    expect(await incidents()).toMatchObject([{ seq: 2 }]);
  });
});

describe('a window', () => {
  const minutesNow = async (): Promise<number> =>
    (await engine.db.query(`SELECT (extract(epoch FROM sexton.now())::int / 60 % 1440)::int AS minutes`))
      .rows[0].minutes;

  it('holds what its rule would open or wake until it closes', async () => {
    const fromMinutes = await minutesNow();
    const window = { fromMinutes, toMinutes: (fromMinutes + 10) % 1440, zone: 'UTC' };
    rule = aRule({ name: rule.name, windows: [window] });
    expect(await look('!')).toEqual([]);
    expect(await stateOf()).toMatchObject([
      {
        state: 'firing',
        held: { kind: 'window', reason: expect.stringContaining('UTC'), until: expect.any(String) },
      },
    ]);
    await later(601);
    await reconcile();
    expect(await incidents()).toMatchObject([{ state: 'open' }]);
    const number = (await incidents())[0]?.number;
    expect(await readHold(engine.db, number)).toBeUndefined();
    await later(86_400 - 600);
    expect(await readHold(engine.db, number)).toMatchObject({ kind: 'window' });
  });
});

describe('an inhibited rule', () => {
  let cause: RuleSnapshot;
  beforeEach(() => {
    cause = aRule({ name: unique('cause') });
    rule = aRule({ name: rule.name, inhibitedBy: [{ rule: cause.name, equal: ['host'] }] });
  });

  it('waits 30 seconds for its cause, and opens without a new look when that does not come', async () => {
    expect(await look('!', { host: 'a' })).toEqual([]);
    await later(20);
    await reconcile();
    expect(await incidents()).toEqual([]);
    await later(11);
    await reconcile();
    expect(await incidents()).toMatchObject([{ state: 'open' }]);
  });

  it('opens nothing while its cause fires, and goes on when that ends and it still fires (DRAFT-32)', async () => {
    await look('!', { host: 'a' });
    await look('!!', { host: 'a' }, cause);
    await later(60);
    await reconcile();
    expect(await incidents()).toEqual([]);
    expect(await stateOf()).toMatchObject([
      { state: 'firing', held: { kind: 'inhibition', reason: `${cause.name} fires and explains it` } },
    ]);
    await look('.', { host: 'a' }, cause);
    await reconcile();
    expect(await incidents()).toMatchObject([{ state: 'open' }]);
  });

  it('is not held by the cause of another host', async () => {
    await look('!!', { host: 'b' }, cause);
    await look('!', { host: 'a' });
    await later(31);
    expect(await look('!', { host: 'a' })).toHaveLength(1);
  });

  it('wakes nobody while its cause fires, without a known end, and its escalation is told of that end', async () => {
    await look('!', { host: 'a' });
    await later(31);
    const number = numberOf(await look('!', { host: 'a' }));
    expect(await readHold(engine.db, number)).toBeUndefined();
    await look('!!', { host: 'a' }, cause);
    expect(await readHold(engine.db, number)).toEqual({
      kind: 'inhibition',
      reason: `${cause.name} fires and explains it`,
    });
    await look('.', { host: 'a' }, cause);
    await reconcile();
    expect(await incidents()).toMatchObject([{ state: 'open', seq: 2, hold: null }]);
  });
});
