// Two executions of one escalation, one of them gone: who writes the row, who sends, and that nobody is forgotten or
// told twice. On real Postgres, send by send.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Channels, Routed } from '../../../src/activities/alerts/channels.ts';
import type { SendInput } from '../../../src/activities/alerts/send.ts';
import { readUnsent } from '../../../src/adapters/postgres/alerts/told-targets.ts';
import { ChannelError } from '../../../src/channels/channel.ts';
import { startLadder } from '../../../src/domain/alerts/ladder.ts';
import { parseTarget } from '../../../src/domain/alerts/policy.ts';
import { failing, message, openIncident, sendOnce, waitOf } from '../../support/alerts/sends.ts';
import { createEngine, type Engine } from '../../support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const taken: Routed[] = [];
let onSend: ((routed: Routed) => void) | undefined;
beforeEach(() => {
  taken.length = 0;
  onSend = undefined;
});
const channels: Channels = {
  send: async (routed) => {
    onSend?.(routed);
    taken.push(routed);
    return {};
  },
  sendInstead: async () => {},
};

const open = () => openIncident(engine);
const send = (given: SendInput, attempt = 1) => sendOnce({ engine, channels }, given, attempt);

describe('a page that carries where its ladder stands', () => {
  const position = (run: string, revision: number, change: { lastWake?: number; from?: number } = {}) => ({
    run,
    revision,
    from: change.from ?? 0,
    ladder: { ...startLadder(0, 'critical'), lastWake: change.lastWake ?? 1 },
    nextDueAt: '2026-02-10T12:30:00.000Z',
  });
  const standing = async (number: number) =>
    (
      await engine.db.query(
        `SELECT ladder ->> 'run' AS run, last_wake AS wake, next_due_at IS NOT NULL AS due FROM sexton.incident WHERE number = $1`,
        [number],
      )
    ).rows[0];

  it('writes it with its claim, also where several of one wake come at once', async () => {
    const number = await open();
    const plan = ['webhook', 'slack:ops', 'log'].map(parseTarget);
    const all = ['webhook', 'slack:ops', 'log'].map((to) =>
      send(message(number, { to, plan, position: position('one', 5) })),
    );
    expect((await Promise.all(all)).map(({ outcome }) => outcome)).toEqual(['sent', 'sent', 'sent']);
    expect(await standing(number)).toEqual({ run: 'one', wake: 1, due: true });
    expect(await readUnsent(engine.db, number)).toEqual([]);
  });

  it('writes down whom else its wake names, so that nobody is forgotten when the execution is gone', async () => {
    const number = await open();
    const plan = ['webhook', 'slack:ops'].map(parseTarget);
    await send(message(number, { plan, position: position('one', 5) }));
    expect(await readUnsent(engine.db, number)).toEqual([
      { wake: 1, tier: 'first', status: 'firing', channel: 'slack', address: 'ops' },
    ]);
    expect(
      await send(
        message(number, { to: 'slack:ops', resumed: true, position: position('two', 9, { from: 5 }) }),
      ),
    ).toMatchObject({
      outcome: 'sent',
    });
    expect(await readUnsent(engine.db, number)).toEqual([]);
  });

  it('of an execution that is gone sends nothing once another has gone on', async () => {
    const number = await open();
    await send(message(number, { position: position('one', 5) }));
    await send(message(number, { wake: 2, position: position('two', 9, { from: 5, lastWake: 2 }) }));
    const late = await send(
      message(number, { wake: 2, to: 'slack:ops', position: position('one', 7, { lastWake: 2 }) }),
    );
    expect(late).toMatchObject({ outcome: 'overtaken' });
    expect(taken).toHaveLength(2);
  });

  it('of an execution that began from an older row sends nothing and changes nothing', async () => {
    const number = await open();
    await send(message(number, { position: position('one', 5) }));
    await send(message(number, { wake: 2, position: position('one', 8, { lastWake: 2 }) }));
    const stale = await send(
      message(number, { wake: 2, position: position('two', 99, { from: 5, lastWake: 2 }) }),
    );
    expect(stale).toMatchObject({ outcome: 'overtaken' });
    expect(await standing(number)).toMatchObject({ run: 'one', wake: 2 });
  });

  it('waits for a try of another execution that may still be under way, and then sends as a retry', async () => {
    const number = await open();
    onSend = failing(new ChannelError('gone', { recoverable: true, unclear: true }));
    await expect(send(message(number, { position: position('one', 5) }))).rejects.toThrow('gone');
    onSend = undefined;
    const next = message(number, { resumed: true, position: position('two', 9, { from: 5 }) });
    expect(await waitOf(send(next))).toBeGreaterThan(5_000);
    await engine.db.query(
      `UPDATE sexton.outbox SET claimed_at = claimed_at - interval '12 s' WHERE incident = $1`,
      [number],
    );
    expect(await send(next, 2)).toMatchObject({ outcome: 'sent' });
    expect(taken).toMatchObject([{ retry: true }]);
  });
});
