// The figures of the dead man's switch, from rows as the engine leaves them; each by itself, and at a cost that does not
// grow with what is over.
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPulse } from '../../src/adapters/postgres/alerts/pulse.ts';
import { createEngine, type Engine } from '../support/engine.ts';

let engine: Engine;
let db: pg.Pool;
beforeAll(async () => {
  engine = await createEngine();
  db = engine.db;
});
afterAll(() => engine.close());
beforeEach(async () => {
  await db.query('TRUNCATE sexton.incident, sexton.outbox, sexton.incident_member, sexton.evaluation');
});

interface Row {
  readonly pack?: string;
  readonly rule?: string;
  readonly state?: string;
  /** Seconds ago, or ahead where negative. */
  readonly fired?: number;
  readonly told?: number | null;
  readonly due?: number | null;
  readonly handed?: number;
  readonly lastWake?: number;
  readonly acknowledged?: boolean;
  readonly hold?: boolean;
  readonly routed?: boolean;
}

const ago = (seconds: number | null): string =>
  seconds === null ? 'NULL' : `sexton.now() - interval '${seconds} seconds'`;

/** As an incident stands whose first page arrived a while ago and whose next step comes in an hour. */
const incident = async (row: Row = {}): Promise<number> => {
  const { pack = 'shop', rule = 'late', state = 'open', fired = 600, told = 599, due = -3600 } = row;
  const { handed = 1, lastWake = 1, acknowledged = false, hold = false, routed = true } = row;
  const { rows } = await db.query(
    `INSERT INTO sexton.incident (pack, rule, group_key, labels, state, severity, firing, rule_snapshot, handed_seq,
       first_fired_at, changed_at, first_told_at, next_due_at, last_wake, acknowledged_by, hold)
     VALUES ($1, $2, gen_random_uuid()::text, '{}', $3, 'warning', '{}', $4, $5, ${ago(fired)}, ${ago(fired)}, ${ago(told)},
       ${ago(due)}, $6, $7, $8) RETURNING number::int`,
    [
      pack,
      rule,
      state,
      { routes: routed ? { warning: {} } : {} },
      handed,
      lastWake,
      acknowledged ? 'ana' : null,
      hold ? { kind: 'silence', reason: 'r' } : null,
    ],
  );
  return rows[0].number;
};

const message = async (number: number, state: string, channel = 'slack', planned = 300, wake = 1) => {
  await db.query(
    `INSERT INTO sexton.outbox (incident, wake, channel, address, tier, key, at, state, planned_at)
     VALUES ($1, $2, $3, '', 't', '', sexton.now(), $4, ${ago(planned)})`,
    [number, wake, channel, state],
  );
};

const canary = { pack: 'sexton', rule: 'canary', due: null } as const;

describe('the canary', () => {
  it('is as old as its newest incident, evaluation and telling say, and null where there is none', async () => {
    expect((await readPulse(db)).canary).toEqual({
      evaluated: null,
      opened: null,
      told: null,
      took: null,
      open: null,
    });
    await incident({ ...canary, state: 'closed', fired: 620, told: 618 });
    await incident({ ...canary, fired: 320, told: null });
    await db.query(
      `INSERT INTO sexton.evaluation (pack, monitor, tick, evaluated_at, series, failed, firing)
       VALUES ('sexton', 'canary', ${ago(310)}, ${ago(305)}, 3, 0, 1), ('shop', 'carts', ${ago(90)}, ${ago(80)}, 1, 0, 0)`,
    );
    const { canary: seen, ticks } = await readPulse(db);
    const whole = Object.fromEntries(
      Object.entries(seen).map(([name, age]) => [name, Math.floor(age ?? -1)]),
    );
    expect(whole).toEqual({ evaluated: 305, opened: 320, told: 618, took: 2, open: 320 });
    expect(Object.keys(ticks).toSorted()).toEqual(['sexton/monitor/canary', 'shop/monitor/carts']);
    expect(Math.floor(ticks['shop/monitor/carts'] ?? 0)).toBe(90);
  });
});

describe('the backlog', () => {
  it('is what no escalation has heard of, since it was opened or changed', async () => {
    await incident();
    expect((await readPulse(db)).backlog).toEqual({ waiting: 0, oldest: 0 });
    const number = await incident({ handed: 0, fired: 100 });
    // One that goes on changing does not look young for that.
    await db.query('UPDATE sexton.incident SET seq = 9, changed_at = sexton.now() WHERE number = $1', [
      number,
    ]);
    await incident({ state: 'closed', handed: 0, fired: 900 });
    const { waiting, oldest } = (await readPulse(db)).backlog;
    expect([waiting, Math.floor(oldest)]).toEqual([1, 100]);
  });
});

describe('wakes that reached nobody', () => {
  const count = async (): Promise<number> => (await readPulse(db)).untold.count;

  it.each<[string, Row, readonly (readonly [string, string?, number?, number?])[], number]>([
    ['were told, and wait for their next step', {}, [['sent']], 0],
    ['are late with a step by two minutes', { due: 121 }, [['sent']], 1],
    ['are late with a step by less', { due: 110 }, [['sent']], 0],
    ['are resolved, whatever they were late with', { state: 'resolved', due: 900 }, [['sent']], 0],
    ['were never begun', { told: null, due: null, lastWake: 0 }, [], 1],
    ['were begun just now', { fired: 60, told: null, due: null, lastWake: 0 }, [], 0],
    ['are routed to nobody', { told: null, due: null, lastWake: 0, routed: false }, [], 0],
    ['are held', { told: null, due: null, lastWake: 0, hold: true }, [], 0],
    ['have messages that all died', { told: null }, [['dead'], ['dead', 'pagerduty']], 1],
    ['have messages that are still on their way', { told: null }, [['claimed'], ['planned', 'email']], 1],
    ['have messages that have been on their way for less', { told: null }, [['claimed', 'slack', 60]], 0],
    ['reached one channel of two', {}, [['dead'], ['sent', 'email']], 0],
    ['reached the log where others were meant', {}, [['dead'], ['sent', 'log']], 1],
    ['reached the log, and nobody else was meant', {}, [['sent', 'log']], 0],
    ['have somebody', { told: null, acknowledged: true }, [['dead']], 0],
    ['have dead letters that a person put aside', { told: null }, [['dropped'], ['withdrawn', 'email']], 0],
    ['reached people in the newest wake', { lastWake: 2 }, [['dead'], ['sent', 'slack', 60, 2]], 0],
    ['reached nobody in the newest wake', { lastWake: 2 }, [['sent'], ['dead', 'slack', 200, 2]], 1],
    ['are canaries', { ...canary, told: null, due: 900 }, [], 0],
  ])('incidents that %s', async (_, row, messages, expected) => {
    const number = await incident(row);
    for (const [state, channel, planned, wake] of messages)
      await message(number, state, channel, planned, wake);
    expect(await count()).toBe(expected);
  });

  it('are counted, with the one that is latest', async () => {
    await incident({ due: 130 });
    const worst = await incident({ due: 500, rule: 'gone' });
    const { untold } = await readPulse(db);
    expect(untold).toMatchObject({ count: 2, incident: `shop/gone/${worst}` });
    expect(Math.floor(untold.oldest)).toBe(500);
  });
});

describe('asking', () => {
  it('reads no incident that is over, of twenty thousand', async () => {
    await db.query(
      `INSERT INTO sexton.incident (pack, rule, group_key, labels, state, severity, firing, rule_snapshot, closed_at,
         first_told_at, last_wake, handed_seq)
       SELECT CASE WHEN n % 50 = 0 THEN 'sexton' ELSE 'shop' END, CASE WHEN n % 50 = 0 THEN 'canary' ELSE 'late' END, 'g' || n,
         '{}', 'closed', 'warning', '{}', '{}', sexton.now(), sexton.now(), 1, 1 FROM generate_series(1, 20000) n`,
    );
    await incident();
    await db.query('VACUUM ANALYZE sexton.incident');
    const plans: string[] = [];
    await readPulse({
      query: async (text: string, values: unknown[]) => {
        const { rows } = await db.query(`EXPLAIN (ANALYZE, BUFFERS, FORMAT TEXT) ${text}`, values);
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
        return db.query(text, values);
      },
    } as never);
    expect(plans[0]).not.toMatch(/Seq Scan on incident/);
    const [, hit = '0', read = '0'] = /Buffers: shared hit=(\d+)(?: read=(\d+))?/.exec(plans[0] ?? '') ?? [];
    expect(Number(hit) + Number(read)).toBeLessThan(50);
  });
});
