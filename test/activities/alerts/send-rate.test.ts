// A target that takes only so many messages a second, of all workers together: a line for everybody, and one before it
// for critical pages. On real Postgres; time passes by moving the row.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Turn, takeTurn } from '../../../src/adapters/postgres/alerts/send-rate.ts';
import { createEngine, type Engine } from '../../support/engine.ts';
import { unique } from '../../support/stack.ts';

let engine: Engine;
let target: string;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());
beforeEach(() => {
  target = unique('slack');
});

const ask = (urgent = false, inTurn = false, perSecond = 1): Promise<Turn> =>
  takeTurn(engine.db, { target, perSecond, urgent }, inTurn);
const passes = (ms: number) =>
  engine.db.query(
    `UPDATE sexton.send_rate SET free_at = free_at - make_interval(secs => $2), urgent_until = urgent_until - make_interval(secs => $2),
       line_until = line_until - make_interval(secs => $2) WHERE target = $1`,
    [target, ms / 1000],
  );
const waitOf = (turn: Turn): number => (turn === 'go' ? 0 : turn.waitMs);

describe('a target that takes one message a second', () => {
  it('gives each the next place in the line, a second apart', async () => {
    const waits: number[] = [];
    for (let place = 0; place < 4; place += 1) waits.push(waitOf(await ask()));
    for (const [place, wait] of waits.entries()) {
      expect(wait).toBeGreaterThan(place * 1000 - 500);
      expect(wait).toBeLessThanOrEqual(place * 1000);
    }
  });

  it('lets one of many go that ask at once, however many workers they ask from', async () => {
    const turns = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(turns.filter((turn) => turn === 'go')).toHaveLength(1);
    await passes(1_000);
    const later = await Promise.all(Array.from({ length: 20 }, () => ask(false, true)));
    expect(later.filter((turn) => turn === 'go')).toHaveLength(1);
  });

  it('lets a critical page go before the warnings that have waited longer', async () => {
    for (let place = 0; place < 30; place += 1) await ask();
    expect(waitOf(await ask(true))).toBeLessThanOrEqual(1_000);
    await passes(1_000);
    // Its turn has come, and it gives way.
    expect(waitOf(await ask(false, true))).toBeGreaterThan(0);
    expect(await ask(true, true)).toBe('go');
    await passes(1_000);
    expect(await ask(false, true)).toBe('go');
  });

  it('sends nobody away for longer than a minute, and then has them ask again', async () => {
    let last: Turn = 'go';
    for (let place = 0; place < 200; place += 1) last = await ask(false, false, 2);
    expect(waitOf(last)).toBeLessThanOrEqual(61_000);
    expect(last).toMatchObject({ turn: false });
  });

  it('is not held by a clock that was moved back', async () => {
    await ask();
    await passes(-3_600_000);
    expect(await ask()).toBe('go');
  });
});
