// Asked at each wake: whose turn it is at that instant and what holds it back, on a real Postgres, and within seconds
// where there is none.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWhomToWake, type WhomToWakeInput } from '../../../src/activities/alerts/whom-to-wake.ts';
import { addOverride, withdrawOverride } from '../../../src/adapters/postgres/alerts/on-call-overrides.ts';
import { addSilence } from '../../../src/adapters/postgres/alerts/silences.ts';
import type { Directory } from '../../../src/domain/alerts/on-call.ts';
import type { QuietHours } from '../../../src/domain/alerts/policy.ts';
import { parseMatchers } from '../../../src/domain/alerts/silence.ts';
import { aReport } from '../../support/alerts/escalation-worker.ts';
import { aRule } from '../../support/alerts/policies.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const directory: Directory = {
  roles: { 'on-call': ['primary', 'log'] },
  people: { anna: { targets: ['slack:anna'] }, bert: { targets: ['slack:bert'] } },
  rotations: {
    primary: {
      name: 'primary',
      zone: 'UTC',
      members: ['anna', 'bert'],
      everyHours: 24,
      first: '2026-02-10T09:00',
      overrides: [],
    },
  },
};
const NOON = '2026-02-10T12:00:00.000Z';

const ask = (change: Partial<WhomToWakeInput> = {}, home: pg.Pool = engine.databases.home) =>
  createWhomToWake({ databases: { ...engine.databases, home }, directory })({
    at: NOON,
    names: ['on-call'],
    people: {},
    severity: 'warning',
    ...change,
  });

const targets = (...texts: string[]) =>
  texts.map((text) => ({ channel: text.split(':')[0], address: text.split(':')[1] ?? '' }));

const incidentUnder = async (matcher: string): Promise<number> => {
  const name = unique('rule');
  const [found] = await engine.run(engine.activities.observe, {
    reports: [aReport(aRule({ name }), 'warning')],
  });
  await addSilence(engine.db, {
    matchers: parseMatchers([matcher.replace('RULE', name)]).matchers,
    until: 3600,
    author: 'ana',
    comment: 'moving the database',
  });
  return found!.number;
};

const night: QuietHours = {
  windows: [{ fromMinutes: 22 * 60, toMinutes: 6 * 60, zone: 'Europe/Berlin' }],
  below: 'high',
};

describe('whom to wake', () => {
  it('is whoever’s turn it is at the instant of the wake', async () => {
    expect(await ask()).toEqual({ targets: targets('slack:anna', 'log'), empty: [] });
    expect((await ask({ at: '2026-02-11T12:00:00.000Z' })).targets).toEqual(targets('slack:bert', 'log'));
  });

  it('is who stands in by an override that somebody made, for as long as it holds and is not withdrawn', async () => {
    const id = await addOverride(engine.db, {
      rotation: 'primary',
      person: 'bert',
      from: new Date('2026-02-10T11:00Z'),
      until: new Date('2026-02-10T13:00Z'),
      by: 'anna',
      reason: 'dentist',
    });
    expect((await ask()).targets).toEqual(targets('slack:bert', 'log'));
    expect((await ask({ at: '2026-02-10T13:00:00.000Z' })).targets).toEqual(targets('slack:anna', 'log'));
    expect(await withdrawOverride(engine.db, id, 'bert')).toBe(true);
    expect(await withdrawOverride(engine.db, id, 'bert')).toBe(false);
    expect((await ask()).targets).toEqual(targets('slack:anna', 'log'));
    const { rows } = await engine.db.query(
      `SELECT made_by, reason, withdrawn_by, withdrawn_at IS NOT NULL AS at FROM sexton.on_call_override WHERE id = $1`,
      [id],
    );
    expect(rows).toEqual([{ made_by: 'anna', reason: 'dentist', withdrawn_by: 'bert', at: true }]);
  });

  it('is nobody yet while a silence holds the incident, and says which and until when', async () => {
    const number = await incidentUnder('rule=RULE');
    const { hold } = await ask({ number });
    expect(hold?.reason).toMatch(/silence \d+ by ana: moving the database/);
    expect(Date.parse(hold?.until ?? '') - Date.now()).toBeGreaterThan(3_500_000);
  });

  it('is held by nothing where a person asked for it', async () => {
    const number = await incidentUnder('rule=RULE');
    const at = '2026-02-10T23:00:00.000Z';
    expect(await ask({ number, byHand: true, at, quietHours: night })).not.toHaveProperty('hold');
  });

  it.each([
    ['warning', '2026-02-10T20:59:59.000Z', undefined],
    ['warning', '2026-02-10T21:00:00.000Z', '2026-02-11T05:00:00.000Z'],
    ['warning', '2026-02-11T04:59:59.000Z', '2026-02-11T05:00:00.000Z'],
    ['high', '2026-02-10T23:00:00.000Z', undefined],
    // The night in which the clock jumps is an hour shorter.
    ['info', '2026-03-28T21:00:00.000Z', '2026-03-29T04:00:00.000Z'],
  ] as const)('of %s at %s waits in quiet hours until %s', async (severity, at, until) => {
    const { hold } = await ask({ severity, at, quietHours: night });
    expect(hold?.until).toBe(until);
    if (until) expect(hold?.reason).toBe('quiet hours 22:00–06:00 Europe/Berlin below high');
  });

  it('is whom the configuration says within three seconds where Postgres does not answer at all, and says so', async () => {
    const silent = {
      query: () => new Promise(() => {}),
      connect: () => new Promise(() => {}),
    } as unknown as pg.Pool;
    const began = performance.now();
    expect(await ask({ number: 1 }, silent)).toEqual({
      targets: targets('slack:anna', 'log'),
      empty: [],
      stateStoreUnreachable: true,
    });
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('is at once whom the configuration says where Postgres refuses', async () => {
    const refused = { query: () => Promise.reject(new Error('ECONNREFUSED')) } as unknown as pg.Pool;
    const answer = await ask({ number: 1, names: ['later', 'gone'], people: { gone: ['log'] } }, refused);
    expect(answer).toEqual({ targets: targets('log'), empty: ['later'], stateStoreUnreachable: true });
  });
});
