// An escalation that is gone is started again and takes its ladder up where the row says it was: nobody is told
// twice, nobody is forgotten, and an answer once given stays given.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LadderState } from '../../src/domain/alerts/ladder.ts';
import { RECONCILE_QUEUE } from '../../src/domain/ids.ts';
import type { ReconcileResult } from '../../src/domain/reconcile.ts';
import { runOutOfTime } from '../support/activity-time.ts';
import { type Away, awayFor } from '../support/alerts/away.ts';
import { aReport, type Bell, openBell } from '../support/alerts/escalation-worker.ts';
import { aRule } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { unique } from '../support/stack.ts';
import { type Clock, createClock } from '../support/time.ts';

type Act = (input: { number: number; ladder?: LadderState }) => Promise<unknown>;
/** What an activity does instead; it may still call the real one. */
let instead:
  | { name: 'recordStep' | 'loadLadder'; act: (input: never, real: Act) => Promise<unknown> }
  | undefined;

let bell: Bell;
let clock: Clock;
let home: Away;
beforeAll(async () => {
  bell = await openBell((activities) => {
    const maybe = (name: 'recordStep' | 'loadLadder') => (input: never) => {
      const real = activities[name] as Act;
      return instead?.name === name ? instead.act(input, real) : real(input);
    };
    return { ...activities, recordStep: maybe('recordStep'), loadLadder: maybe('loadLadder') };
  });
  home = awayFor(bell.engine.databases.home);
});
afterAll(() => bell.close());
beforeEach(async () => {
  clock = await createClock({ client: bell.client, databases: [bell.home] });
  bell.heard.length = 0;
  instead = undefined;
  home.putBack();
});

const M = 60;
const tiers = (): string[] => bell.heard.map(({ tier }) => tier);

const fire = async (severity: 'warning' | 'critical' = 'critical') => {
  const rule = aRule({ name: unique('rule') });
  const found = await bell.observe(aReport(rule, severity));
  if (!found) throw new Error('nothing was handed over');
  await eventually('the first notice', () => bell.heard.length === 1);
  const handle = bell.client.workflow.getHandle(found.workflowId);
  return { rule, handle, number: found.number };
};

const update = (
  handle: { executeUpdate: (name: string, options: object) => Promise<unknown> },
  name: string,
) => handle.executeUpdate(name, { args: [{ by: 'ada' }] });

const status = async (workflowId: string): Promise<string> => {
  const handle = bell.client.workflow.getHandle(workflowId);
  return (await handle.query<{ ladder: LadderState }>('state')).ladder.status;
};

const rowOf = async (
  number: number,
): Promise<{ state: string; acknowledged_by: string | null; status: string }> =>
  (
    await bell.home.query(
      `SELECT state, acknowledged_by, ladder ->> 'status' AS status FROM sexton.incident WHERE number = $1`,
      [number],
    )
  ).rows[0];

const reconcile = (): Promise<ReconcileResult> =>
  bell.client.workflow.execute('reconcile', {
    taskQueue: RECONCILE_QUEUE,
    workflowId: unique('reconcile'),
    args: [{ waitedSeconds: 0 }],
  });

/** Temporal lists a closed execution a moment later; reconcile finds it then. */
const broughtBack = (workflowId: string): Promise<true> =>
  eventually('the escalation is started again', async () => {
    await reconcile();
    return (await bell.client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  });

describe('an escalation that somebody terminated', () => {
  it('while it waited is started again, tells nobody twice, and the next tier is on time', async () => {
    await bell.serving(async () => {
      const { handle } = await fire();
      await handle.terminate('by hand');
      await broughtBack(handle.workflowId);
      await clock.advance(29 * M);
      expect(tiers()).toEqual(['first notice']);
      await clock.advance(2 * M);
      expect(tiers()).toEqual(['first notice', 'page on-call']);
      await bell.client.workflow.getHandle(handle.workflowId).terminate();
    });
  });

  it('after it was acknowledged stays acknowledged, and silent', async () => {
    await bell.serving(async () => {
      const { handle } = await fire();
      await update(handle, 'acknowledge');
      await handle.terminate('by hand');
      await broughtBack(handle.workflowId);
      await eventually(
        'it is acknowledged',
        async () => (await status(handle.workflowId)) === 'acknowledged',
      );
      await clock.advance(24 * 60 * M);
      expect(tiers()).toEqual(['first notice']);
      await bell.client.workflow.getHandle(handle.workflowId).terminate();
    });
  });

  it('learns on its return that it got worse meanwhile, and begins the higher ladder', async () => {
    await bell.serving(async () => {
      const { rule, handle } = await fire('warning');
      await handle.terminate('by hand');
      await bell.engine.run(bell.engine.activities.observe, { reports: [aReport(rule, 'critical')] });
      await broughtBack(handle.workflowId);
      await eventually('the notice of the higher severity', () => bell.heard.length === 2);
      await clock.advance(31 * M);
      expect(tiers()).toEqual(['first notice', 'first notice', 'page on-call']);
      expect(new Set(bell.heard.map(({ key }) => key)).size).toBe(3);
      await bell.client.workflow.getHandle(handle.workflowId).terminate();
    });
  });

  it('ends when the cause went away meanwhile', async () => {
    await bell.serving(async () => {
      const { rule, handle, number } = await fire();
      await handle.terminate('by hand');
      await bell.engine.run(bell.engine.activities.observe, {
        reports: [aReport(rule, undefined, { subject: 'run-2', subjectAt: '2026-02-10T13:00:00Z' })],
      });
      await broughtBack(handle.workflowId);
      await clock.advance(10 * M);
      expect(await rowOf(number)).toMatchObject({ state: 'closed' });
      expect(tiers()).toEqual(['first notice']);
    });
  });
});

describe('an acknowledgement', () => {
  it('that meets an escalation just being started again is not undone by the older row', async () => {
    await bell.serving(async () => {
      const { handle } = await fire();
      await handle.terminate('by hand');
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      instead = {
        name: 'loadLadder',
        act: async (input, real) => {
          const read = await real(input);
          await released;
          return read;
        },
      };
      await broughtBack(handle.workflowId);
      const again = bell.client.workflow.getHandle(handle.workflowId);
      const answer = again.startUpdate('acknowledge', {
        args: [{ by: 'ada' }],
        waitForStage: 'ACCEPTED',
      });
      await answer;
      release();
      expect(await (await answer).result()).toMatchObject({ status: 'acknowledged' });
      await clock.advance(60 * M);
      expect(await status(handle.workflowId)).toBe('acknowledged');
      expect(tiers()).toEqual(['first notice']);
      await again.terminate();
    });
  });

  it('is not overwritten by the row of an earlier step that was slow to be written', async () => {
    await bell.serving(async () => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      instead = {
        name: 'recordStep',
        act: async (input, real) => {
          await released;
          return real(input);
        },
      };
      const { handle, number } = await fire();
      instead = undefined;
      await update(handle, 'acknowledge');
      release();
      await eventually('nothing is in flight', async () => {
        const { raw } = await handle.describe();
        return (raw.pendingActivities ?? []).length === 0;
      });
      expect(await rowOf(number)).toEqual({ state: 'open', acknowledged_by: 'ada', status: 'acknowledged' });
      await handle.terminate();
    });
  });

  it('without Postgres is accepted and says so, and reaches the row once Postgres is back', async () => {
    await bell.serving(async () => {
      const { handle, number } = await fire();
      home.take();
      const answer = update(handle, 'acknowledge');
      await runOutOfTime(bell.client, handle.workflowId, 'recordAnswer');
      expect(await answer).toMatchObject({
        status: 'acknowledged',
        stateStoreUnreachable: true,
      });
      home.putBack();
      await eventually('the row says so', async () => (await rowOf(number)).acknowledged_by === 'ada');
      await clock.advance(60 * M);
      expect(tiers()).toEqual(['first notice']);
      await handle.terminate();
    });
  });
});

describe('a resolution by hand', () => {
  it('without Postgres closes the incident once Postgres is back', async () => {
    await bell.serving(async () => {
      const { handle, number } = await fire();
      home.take();
      const answer = update(handle, 'resolve');
      await runOutOfTime(bell.client, handle.workflowId, 'recordAnswer');
      expect(await answer).toMatchObject({ stateStoreUnreachable: true });
      home.putBack();
      await eventually('the row says so', async () => (await rowOf(number)).state === 'resolved');
      await clock.advance(6 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
      expect(await rowOf(number)).toMatchObject({ state: 'closed' });
    });
  });
});

describe('an answer given twice at once under one event id', () => {
  it.each(['acknowledge', 'resolve'])('%s has one effect and one answer', async (name) => {
    await bell.serving(async () => {
      const { handle } = await fire();
      const by = (person: string) =>
        handle.executeUpdate(name, { args: [{ by: person, eventId: 'click', note: `by ${person}` }] });
      const [first, second] = await Promise.all([by('ada'), by('bob')]);
      expect(second).toEqual(first);
      const { notes } = await handle.query<{ notes: unknown[] }>('state');
      expect(notes).toHaveLength(1);
      await handle.terminate();
    });
  });

  it('also when the escalation has continued as new in between', async () => {
    await bell.serving(async () => {
      const { handle, number } = await fire();
      const first = await handle.executeUpdate('acknowledge', {
        args: [{ by: 'ada', eventId: 'slack-1', note: 'mine' }],
      });
      const { incident, ladder, told, notes } = await handle.query<Record<string, unknown>>('state');
      await handle.terminate('stands in for continue-as-new');
      const applied = [{ eventId: 'slack-1', answer: first }];
      const next = await bell.client.workflow.start('escalation', {
        taskQueue: 'sexton-orchestration',
        workflowId: handle.workflowId,
        args: [{ v: 1, incident, carried: { ladder, told, notes, applied } }],
      });
      const second = await next.executeUpdate('acknowledge', {
        args: [{ by: 'bob', eventId: 'slack-1', note: 'no, mine' }],
      });
      expect(second).toEqual(first);
      expect(await next.query<{ notes: unknown }>('state')).toMatchObject({ notes: [{ text: 'mine' }] });
      expect(await rowOf(number)).toMatchObject({ acknowledged_by: 'ada' });
      await clock.advance(60 * M);
      expect(tiers()).toEqual(['first notice']);
      await next.terminate();
    });
  });
});
