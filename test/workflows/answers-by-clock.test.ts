// Answers that name a time on somebody's clock, give an incident to another or back: on the real server, with the
// people that they lead to.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RuleSnapshot } from '../../src/domain/alerts/alert.ts';
import type { Answer } from '../../src/domain/alerts/escalation.ts';
import type { EscalationView } from '../../src/workflows/messages.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aPolicy, aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { unique } from '../support/stack.ts';

let bell: Bell;
let rule: RuleSnapshot;
beforeAll(async () => {
  bell = await openBell();
});
afterAll(() => bell.close());
beforeEach(() => {
  bell.heard.length = 0;
  rule = aRule({ name: unique('rule'), routes: { critical: aPolicy() } });
});

const ring = async () => {
  const found = await bell.observe(aReport(rule, 'critical'));
  const handle = bell.client.workflow.getHandle(found!.workflowId);
  await eventually('the first notice', () => bell.heard.length === 1);
  const answer = (update: string, event: object): Promise<Answer> =>
    handle.executeUpdate<Answer, [object]>(update, { args: [{ by: 'ada', ...event }] });
  const view = () => handle.query<EscalationView>('state');
  return { handle, answer, view, refused: (update: string, event: object) => refusal(answer(update, event)) };
};

const refusal = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'accepted',
    (error: Error) => (error.cause as Error).message.replace(/^.*refused, /, ''),
  );

describe('an answer', () => {
  it('that names a time on a clock is resolved there, said back, and the same for every repeat', () =>
    bell.serving(async () => {
      const { answer } = await ring();
      const eventId = randomUUID();
      const snoozed = await answer('snooze', { until: 'tomorrow 09:00', zone: 'Europe/Berlin', eventId });
      expect(snoozed.status).toBe('snoozed');
      expect(snoozed.next).toMatch(/^snooze ends at \w{3} \d{4}-\d\d-\d\d 09:00 Europe\/Berlin, then/);
      const ahead = Date.parse(snoozed.until ?? '') - Date.now();
      expect(ahead).toBeGreaterThan(8 * 3_600_000);
      expect(ahead).toBeLessThan(35 * 3_600_000);
      expect(await answer('snooze', { until: 'soon', eventId })).toEqual(snoozed);
    }));

  it('that names no time to come is refused, and changes nothing', () =>
    bell.serving(async () => {
      const { refused, view } = await ring();
      expect(await refused('snooze', { until: 'soon' })).toMatch(/^until must be an instant/);
      expect(await refused('snooze', { until: '2020-01-01 09:00 UTC' })).toMatch(
        /^until must be a time to come; that was Wed 2020-01-01 09:00 UTC/,
      );
      expect(await refused('snooze', { until: '2020-01-01T09:00:00Z' })).toMatch(
        /^until must be a time to come/,
      );
      expect(await refused('snooze', {})).toMatch(/^until must be a time to come/);
      expect(await refused('acknowledge', { for: 'a while' })).toMatch(/^until must be a time to come/);
      expect(await refused('reassign', {})).toBe('to must name somebody');
      expect(await refused('unacknowledge', {})).toBe('nobody has acknowledged or snoozed it');
      expect(await refused('escalateNow', { tier: 'response SLA missed' })).toBe(
        'tier must be one that tells somebody (first notice, page on-call)',
      );
      expect((await view()).ladder).toMatchObject({ status: 'open', lastWake: 1 });
    }));

  it('may hold an acknowledgement for its own time; given back, the last tier is told again', () =>
    bell.serving(async () => {
      const { answer } = await ring();
      const acknowledged = await answer('acknowledge', { for: '2h' });
      expect(Date.parse(acknowledged.until ?? '') - Date.now()).toBeGreaterThan(7_000_000);
      const undone = await answer('unacknowledge', { note: 'not mine after all' });
      expect(undone.status).toBe('open');
      await eventually('the first notice again', () => bell.heard.length === 2);
      expect(bell.heard.map(({ tier, key }) => [tier, key.split('/')[3]])).toEqual([
        ['first notice', 'w1'],
        ['first notice', 'w2'],
      ]);
    }));

  it('may give it to somebody else, who is told at once and alone, even if somebody had it', () =>
    bell.serving(async () => {
      const { answer, view } = await ring();
      await answer('acknowledge', {});
      const given = await answer('reassign', { to: 'slack:bea' });
      expect(given.status).toBe('open');
      await eventually('the new one', () => bell.heard.length === 2);
      expect(bell.heard[1]).toMatchObject({ channel: 'slack', address: 'bea', tier: 'reassigned' });
      expect((await view()).ladder.responsible).toBe('slack:bea');
    }));

  it('by signal does the same once, however often its event arrives', () =>
    bell.serving(async () => {
      const { handle, view } = await ring();
      const eventId = randomUUID();
      for (let n = 0; n < 3; n += 1)
        await handle.signal('snooze', { by: 'ada', until: 'tomorrow 09:00 UTC', note: 'later', eventId });
      await eventually('the snooze', async () => (await view()).ladder.status === 'snoozed');
      await handle.signal('snooze', { by: 'ada', until: 'never', note: 'nonsense' });
      await eventually('the note', async () => (await view()).notes.length > 1);
      const { ladder, notes } = await view();
      expect(ladder).toMatchObject({ status: 'snoozed', untilWords: expect.stringContaining('09:00 UTC') });
      expect(notes.map(({ text }) => text)).toEqual(['later', 'nonsense']);
    }));
});
