// Who hears what and when, in virtual time on the real server, with real Postgres behind the door.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/domain/alerts/escalation.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';
import { type Clock, createClock } from '../support/time.ts';

let bell: Bell;
let clock: Clock;
beforeAll(async () => {
  bell = await openBell();
});
afterAll(() => bell.close());
beforeEach(async () => {
  clock = await createClock({ client: bell.client, databases: [bell.home] });
  bell.heard.length = 0;
  bell.onSend(undefined);
});

const tiers = (): string[] => bell.heard.map(({ tier, channel }) => `${tier} → ${channel}`);
const M = 60;

/** A rule of its own each time, so that no incident meets another test's. */
const fire = async (severity: 'warning' | 'critical' = 'critical') => {
  const rule = aRule({ name: unique('rule') });
  const found = await bell.observe(aReport(rule, severity));
  if (!found) throw new Error('nothing was handed over');
  const handle = bell.client.workflow.getHandle(found.workflowId);
  return { rule, handle, number: found.number };
};

const answered =
  (handle: { executeUpdate: (name: string, options: object) => Promise<unknown> }) =>
  (name: string, args: object): Promise<Answer> =>
    handle.executeUpdate(name, { args: [args] }) as Promise<Answer>;

describe('a CRITICAL alert', () => {
  it('that nobody acknowledges is told at once, marked after 15 and paged after 30 minutes (SLA-69, SLA-71)', async () => {
    await bell.serving(async () => {
      const { handle } = await fire();
      await eventually('the first notice', () => bell.heard.length === 1);
      await clock.advance(14 * M);
      expect(tiers()).toEqual(['first notice → slack']);
      await clock.advance(17 * M);
      expect(tiers()).toEqual(['first notice → slack', 'page on-call → webhook']);
      await clock.advance(24 * 60 * M);
      expect(tiers()).toHaveLength(2);
      const { ladder } = await handle.query<{ ladder: { marks: { mark: string }[] } }>('state');
      expect(ladder.marks.map(({ mark }) => mark)).toEqual(['response_sla_missed']);
      await record('escalation-nobody-answers', handle);
      await handle.terminate();
    });
  });

  it('that is acknowledged after 10 minutes is followed by nothing (SLA-70, SLA-71)', async () => {
    await bell.serving(async () => {
      const { handle, number } = await fire();
      await eventually('the first notice', () => bell.heard.length === 1);
      await clock.advance(10 * M);
      const answer = await answered(handle)('acknowledge', { by: 'ada', note: 'on it' });
      expect(answer).toMatchObject({ status: 'acknowledged', by: 'ada', onTheirWay: [] });
      await clock.advance(48 * 60 * M);
      expect(tiers()).toEqual(['first notice → slack']);
      const { rows } = await bell.home.query(
        'SELECT acknowledged_by, withdrawn_wake FROM sexton.incident WHERE number = $1',
        [number],
      );
      expect(rows).toEqual([{ acknowledged_by: 'ada', withdrawn_wake: 1 }]);
      await record('escalation-acknowledged', handle);
      await handle.terminate();
    });
  });

  it('whose cause goes away before anybody answered ends by itself and closes its incident (SLA-35)', async () => {
    await bell.serving(async () => {
      const { rule, handle, number } = await fire();
      await eventually('the first notice', () => bell.heard.length === 1);
      await bell.observe(
        aReport(rule, undefined, { subject: 'run-2', subjectAt: '2026-02-10T13:00:00.000000Z' }),
      );
      await clock.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
      const { rows } = await bell.home.query('SELECT state FROM sexton.incident WHERE number = $1', [number]);
      expect(rows).toEqual([{ state: 'closed' }]);
      expect(tiers()).toEqual(['first notice → slack']);
      await record('escalation-resolves-itself', handle);
    });
  });
});

describe('an answer', () => {
  it('given twice under one event id has one effect and one answer', async () => {
    await bell.serving(async () => {
      const { handle } = await fire();
      const first = await answered(handle)('acknowledge', { by: 'ada', eventId: 'slack-1', note: 'mine' });
      const second = await answered(handle)('acknowledge', {
        by: 'bob',
        eventId: 'slack-1',
        note: 'no, mine',
      });
      expect(second).toEqual(first);
      const { notes } = await handle.query<{ notes: { text: string }[] }>('state');
      expect(notes.map(({ text }) => text)).toEqual(['mine']);
      await handle.terminate();
    });
  });

  it('is refused with a reason once the incident is resolved, and when it names nobody (SLA-70)', async () => {
    await bell.serving(async () => {
      const { handle } = await fire();
      const answer = answered(handle);
      await expect(answer('acknowledge', {})).rejects.toMatchObject({ cause: { type: 'ANSWER_REFUSED' } });
      await answer('resolve', { by: 'ada' });
      await expect(answer('acknowledge', { by: 'bob' })).rejects.toMatchObject({
        cause: { type: 'ANSWER_REFUSED', message: expect.stringContaining('it is resolved') },
      });
      await record('escalation-resolved-by-hand', handle);
      await handle.terminate();
    });
  });

  it('may come as a signal with plain JSON, also while no worker is up', async () => {
    const { handle } = await bell.serving(() => fire());
    await handle.signal('acknowledge', { by: 'ada', eventId: 'mail-1' });
    await bell.serving(async () => {
      await eventually('it is acknowledged', async () => {
        const { ladder } = await handle.query<{ ladder: { status: string } }>('state');
        return ladder.status === 'acknowledged';
      });
      await handle.terminate();
    });
  });

  it('that snoozes holds the ladder until its end, when the last tier is told again', async () => {
    await bell.serving(async () => {
      const { handle } = await fire();
      await eventually('the first notice', () => bell.heard.length === 1);
      await answered(handle)('snooze', { by: 'ada', seconds: 60 * M });
      await clock.advance(59 * M);
      expect(tiers()).toEqual(['first notice → slack']);
      await clock.advance(2 * M);
      expect(tiers()).toEqual(['first notice → slack', 'first notice → slack']);
      expect(new Set(bell.heard.map(({ key }) => key)).size).toBe(2);
      await record('escalation-snoozed', handle);
      await handle.terminate();
    });
  });

  it('that escalates tells the next tier at once', async () => {
    await bell.serving(async () => {
      const { handle } = await fire();
      await eventually('the first notice', () => bell.heard.length === 1);
      await answered(handle)('escalateNow', { by: 'ada' });
      await eventually('the page', () => bell.heard.length === 2);
      expect(tiers()).toEqual(['first notice → slack', 'page on-call → webhook']);
      await handle.terminate();
    });
  });
});
