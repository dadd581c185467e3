// A run that breaks its budget wakes somebody while it runs, whether or not Postgres answers, and its ladder goes on
// whatever becomes of the run. In real time up to the breach, in virtual time from there.
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Routed } from '../../src/activities/alerts/channels.ts';
import type { BeginInput } from '../../src/activities/job/begin.ts';
import type { FinishInput } from '../../src/activities/job/finish.ts';
import type { Report, RuleSnapshot } from '../../src/domain/alerts/alert.ts';
import type { EscalationInput } from '../../src/domain/alerts/escalation.ts';
import { degradedEscalationWorkflowId, ORCHESTRATION_QUEUE } from '../../src/domain/ids.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { type Away, awayFor } from '../support/away.ts';
import { aJob, aPlan } from '../support/builders.ts';
import { aReport, type Bell, openBell } from '../support/escalation-worker.ts';
import { eventually } from '../support/eventually.ts';
import { finished, sliceResult } from '../support/job-worker.ts';
import { aRule } from '../support/policies.ts';
import { unique } from '../support/stack.ts';
import { type Clock, createClock } from '../support/time.ts';

interface Notice {
  readonly atMs: number;
  readonly severity: string;
  readonly tier: string;
  readonly incident: string;
  readonly unreachable: boolean;
}

let bell: Bell;
let clock: Clock;
let home: Away;
let notices: Notice[] = [];
/** What the run's one slice does; it goes on until then. */
let slice: { resolve: () => void; reject: (error: Error) => void; done: Promise<void> };
let doorHeld: Promise<void> | undefined;

const anew = (): typeof slice => {
  let resolve = (): void => {};
  let reject: (error: Error) => void = () => {};
  const done = new Promise<void>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  done.catch(() => {});
  return { resolve, reject, done };
};

beforeAll(async () => {
  bell = await openBell((activities) => ({
    ...activities,
    begin: async ({ run }: BeginInput) => ({
      begun: true,
      plan: aPlan({ runId: run.runId, startedAt: new Date().toISOString() }),
    }),
    slice: () => slice.done.then(() => sliceResult()),
    finish: async (input: FinishInput) => ({ ...finished(input), durationSeconds: 60 }),
    observe: async (input: { readonly reports: readonly Report[] }) => {
      await doorHeld;
      return activities.observe(input);
    },
  }));
  home = awayFor(bell.engine.databases.home);
});
afterAll(() => bell.close());
beforeEach(async () => {
  clock = await createClock({ client: bell.client, databases: [bell.home] });
  home.putBack();
  doorHeld = undefined;
  slice = anew();
  notices = [];
  bell.onSend(async ({ notification }: Routed) => {
    const { severity, tier, incident, stateStoreUnreachable: unreachable } = notification;
    notices.push({ atMs: Date.now(), severity, tier, incident, unreachable });
  });
});

const M = 60;
const band = (severity: 'warning' | 'critical') =>
  ({ severity, severityWord: severity, alertType: `sla_${severity}`, recommendedAction: 'look' }) as const;

const startRun = async (budgetSeconds = 3, failure?: RuleSnapshot) => {
  const rule = aRule({ name: unique('rule') });
  const job = aJob({
    name: unique('job'),
    budgetSeconds,
    settings: { ...DEFAULT_SETTINGS, ringAfterSeconds: 2 },
    alerts: {
      budget: {
        rule,
        bands: [
          { ...band('warning'), abovePercent: 80 },
          { ...band('critical'), abovePercent: 100 },
        ],
      },
      ...(failure && { failure: { rule: failure, band: band('critical') } }),
    },
  });
  const handle = await bell.client.workflow.start('job', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId: `job/test-pack/${job.name}/${randomUUID()}`,
    args: [{ job, request: {} }],
  });
  const ringing = degradedEscalationWorkflowId('test-pack', job.name, handle.firstExecutionRunId);
  return { rule, handle, ringing };
};

const told = (): string[] => notices.map(({ severity, tier }) => `${severity}: ${tier}`);

/** Timers of a run begin where its plan says that it did. */
const startedMs = async (handle: WorkflowHandle): Promise<number> => {
  const state = await handle.query<{ startedAt: string }>('state');
  return Date.parse(state.startedAt);
};

/** Every escalation of these rules that goes on, and every incident. */
const incidentsOf = async (
  ...rules: readonly RuleSnapshot[]
): Promise<{ number: number; workflow_id: string; severity: string }[]> =>
  (
    await bell.home.query(
      `SELECT number::int, workflow_id, severity FROM sexton.incident WHERE rule = ANY($1) ORDER BY number`,
      [rules.map(({ name }) => name)],
    )
  ).rows;

const isRunning = async (workflowId: string): Promise<boolean> =>
  (await bell.client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';

const running = async (): Promise<string[]> => {
  const ids: string[] = [];
  const query = "WorkflowType = 'escalation' AND ExecutionStatus = 'Running'";
  for await (const { workflowId } of bell.client.workflow.list({ query })) ids.push(workflowId);
  return ids;
};

const endAll = async (): Promise<void> => {
  for (const workflowId of await running()) await bell.client.workflow.getHandle(workflowId).terminate();
  await eventually('nothing goes on', async () => (await running()).length === 0);
};

describe('a run that breaks its budget', () => {
  const ENDS = {
    'is completed': async (handle: WorkflowHandle) => {
      slice.resolve();
      await handle.result();
    },
    'is cancelled': async (handle: WorkflowHandle) => {
      await handle.cancel();
      await handle.result().catch(() => {});
      slice.resolve();
    },
    'is terminated': async (handle: WorkflowHandle) => {
      await handle.terminate();
      slice.resolve();
    },
  } as const;

  it.each(Object.keys(ENDS) as (keyof typeof ENDS)[])(
    'is told of just past 80 % and just past 100 %, and when it %s its ladder goes on to the next tier',
    async (ending) => {
      await bell.serving(async () => {
        const { rule, handle } = await startRun();
        await eventually('both notices', () => notices.length === 2);
        expect(told()).toEqual(['warning: first notice', 'critical: first notice']);
        const since = notices.map(({ atMs }) => atMs);
        const began = await startedMs(handle);
        for (const [place, line] of [2_400, 3_000].entries()) {
          expect((since[place] ?? 0) - began).toBeGreaterThan(line);
          expect((since[place] ?? 0) - began).toBeLessThan(line + 3_000);
        }
        await ENDS[ending](handle);
        const [incident] = await incidentsOf(rule);
        expect(await isRunning(incident?.workflow_id ?? '')).toBe(true);
        await clock.advance(31 * M);
        expect(told().slice(2)).toEqual(['critical: page on-call']);
        await endAll();
      });
    },
  );

  it('while Postgres is away rings once, as bad as it is by then, and its ladder becomes the incident’s own', async () => {
    await bell.serving(async () => {
      home.take();
      const { rule, handle, ringing } = await startRun();
      await eventually('a notice', () => notices.length === 1);
      expect(notices).toMatchObject([
        { severity: 'critical', tier: 'first notice', incident: ringing, unreachable: true },
      ]);
      await eventually('the second line is rung for too, on the same ladder', async () => {
        const { events } = await handle.fetchHistory();
        return events?.some((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes);
      });
      home.putBack();
      const [incident] = await eventually('the incident', async () => {
        const found = await incidentsOf(rule);
        return found.length > 0 && found;
      });
      expect(incident).toMatchObject({ workflow_id: ringing, severity: 'critical' });
      slice.resolve();
      await handle.result();
      await clock.advance(31 * M);
      expect(told()).toEqual(['critical: first notice', 'critical: page on-call']);
      expect(notices[1]).toMatchObject({
        incident: `test-pack/${rule.name}/${incident?.number}`,
        unreachable: false,
      });
      expect(await incidentsOf(rule)).toHaveLength(1);
      expect(await running()).toEqual([ringing]);
      await endAll();
    });
  });

  it('first told at 80 % starts no second ladder when Postgres goes away before 100 %: the one it has gets worse', async () => {
    await bell.serving(async () => {
      const { rule, handle, ringing } = await startRun(6);
      await eventually('the warning', async () => {
        const { rows } = await bell.home.query('SELECT handed_seq FROM sexton.incident WHERE rule = $1', [
          rule.name,
        ]);
        return rows[0]?.handed_seq === 1 && notices.length === 1;
      });
      home.take();
      await eventually('the critical notice', () => notices.length === 2);
      expect(notices[1]).toMatchObject({ severity: 'critical', tier: 'first notice', unreachable: true });
      home.putBack();
      slice.resolve();
      await handle.result();
      await clock.advance(31 * M);
      expect(told()).toEqual(['warning: first notice', 'critical: first notice', 'critical: page on-call']);
      expect(await isRunning((await incidentsOf(rule))[0]?.workflow_id ?? '')).toBe(true);
      await expect(isRunning(ringing)).rejects.toThrow();
      await endAll();
    });
  });

  it('and then fails while only the home database is away, rings for each, and neither takes the other’s incident', async () => {
    await bell.serving(async () => {
      home.take();
      const failure = aRule({ name: unique('failure') });
      const { rule, handle, ringing } = await startRun(3, failure);
      await eventually('the breach is told', () => notices.length === 1);
      slice.reject(ApplicationFailure.nonRetryable('broken', 'BROKEN'));
      await eventually('the failure is told', () => notices.length === 2);
      await handle.result().catch(() => {});
      home.putBack();
      const found = await eventually('both incidents', async () => {
        const all = await incidentsOf(rule, failure);
        return all.length === 2 && all;
      });
      expect(found.map(({ workflow_id }) => workflow_id).toSorted()).toEqual([
        ringing,
        `${ringing}/${failure.name}`,
      ]);
      await clock.advance(31 * M);
      expect(told().filter((line) => line === 'critical: page on-call')).toHaveLength(2);
      await endAll();
    });
  });
});

describe('a ladder that rang by itself', () => {
  const ring = async () => {
    const rule = aRule({ name: unique('rule') });
    const report = aReport(rule, 'critical');
    const ringing = `escalation/degraded/test-pack/cleanup_links/${rule.name}`;
    const input: EscalationInput = {
      v: 1,
      degraded: { report },
      incident: {
        id: ringing,
        number: 0,
        seq: 0,
        state: 'open',
        firing: report.firing as NonNullable<Report['firing']>,
        firstFiredAt: new Date().toISOString(),
        policy: rule.routes.critical,
        reopenWithinSeconds: 300,
      },
    };
    const handle = await bell.client.workflow.start('escalation', {
      taskQueue: ORCHESTRATION_QUEUE,
      workflowId: ringing,
      args: [input],
    });
    await eventually('the first notice', () => notices.length === 1);
    return { rule, report, ringing, handle };
  };

  const holdTheDoor = () => {
    const held = anew();
    doorHeld = held.done;
    return () => held.resolve();
  };

  it('keeps its incident when the run or reconcile tells it of that before the door has answered it', async () => {
    await bell.serving(async () => {
      const open = holdTheDoor();
      const { rule, report, ringing, handle } = await ring();
      expect(await bell.observe({ ...report, ringing })).toMatchObject({ workflowId: ringing });
      open();
      await eventually('it knows its number', async () => {
        const { incident } = await handle.query<{ incident: { number: number } }>('state');
        return incident.number > 0;
      });
      await clock.advance(31 * M);
      expect(told()).toEqual(['critical: first notice', 'critical: page on-call']);
      expect(await incidentsOf(rule)).toMatchObject([{ workflow_id: ringing }]);
      expect(await isRunning(ringing)).toBe(true);
      await endAll();
    });
  });

  it('yields to the escalation that was told of the incident first', async () => {
    await bell.serving(async () => {
      const open = holdTheDoor();
      const { rule, report, ringing, handle } = await ring();
      const found = await bell.observe(report);
      expect(found?.workflowId).not.toBe(ringing);
      await eventually('the other one’s first notice', () => notices.length === 2);
      open();
      expect(await handle.result()).toMatchObject({ ended: expect.stringContaining('has this incident') });
      await clock.advance(31 * M);
      expect(told().slice(2)).toEqual(['critical: page on-call']);
      expect(await incidentsOf(rule)).toMatchObject([{ workflow_id: found?.workflowId }]);
      await endAll();
    });
  });

  it('and was resolved by hand meanwhile, resolves its incident once there is one, and wakes nobody again', async () => {
    await bell.serving(async () => {
      const open = holdTheDoor();
      const { rule, handle } = await ring();
      await handle.executeUpdate('resolve', { args: [{ by: 'ada' }] });
      open();
      await eventually('the row says so', async () => {
        const { rows } = await bell.home.query(
          'SELECT state, resolved_by FROM sexton.incident WHERE rule = $1',
          [rule.name],
        );
        return rows[0]?.state === 'resolved' && rows[0]?.resolved_by === 'ada';
      });
      await clock.advance(10 * M);
      expect(await handle.result()).toMatchObject({ ended: 'closed' });
      expect(told()).toEqual(['critical: first notice']);
    });
  });
});

describe('a ladder that is already running when Postgres goes away', () => {
  it('starts no other, and tells its next tier under the usual key, saying that the rows are missing', async () => {
    await bell.serving(async () => {
      const rule = aRule({ name: unique('rule') });
      const found = await bell.observe(aReport(rule, 'critical'));
      await eventually('the first notice', () => notices.length === 1);
      home.take();
      await bell.client.workflow
        .getHandle(found?.workflowId ?? '')
        .executeUpdate('escalateNow', { args: [{ by: 'ada' }] });
      await eventually('the page', () => notices.length === 2);
      expect(notices[1]).toMatchObject({ tier: 'page on-call', unreachable: true });
      await eventually('it is heard', () => bell.heard.some(({ tier }) => tier === 'page on-call'));
      expect(bell.heard.at(-1)?.key).toBe(`test-pack/${rule.name}/${found?.number}/w2/webhook`);
      home.putBack();
      expect(await running()).toEqual([found?.workflowId]);
      await endAll();
    });
  });
});
