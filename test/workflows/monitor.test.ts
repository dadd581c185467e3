// One tick of a monitor on the real Temporal server: what crosses into its history, and what becomes of a tick that
// nobody can evaluate. What the activity itself does is tested with it.
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, rootCause } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { declaredSchedules, scheduleOptions } from '../../src/client/sync/schedule-spec.ts';
import type { HandOver } from '../../src/domain/alerts/alert.ts';
import type { EscalationInput } from '../../src/domain/alerts/escalation.ts';
import {
  HOME_DATABASE_ESCALATION_ID,
  monitorId,
  ORCHESTRATION_QUEUE,
  WATCH_QUEUE,
} from '../../src/domain/ids.ts';
import type {
  EvaluateInput,
  Evaluation,
  MonitorResult,
  MonitorState,
} from '../../src/domain/monitors/evaluation.ts';
import type { MonitorSnapshot } from '../../src/domain/monitors/monitor.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { aPolicy } from '../support/alerts/policies.ts';
import { eventually } from '../support/eventually.ts';
import { aMonitor } from '../support/monitors/a-monitor.ts';
import { connectOwnNamespace, type OwnNamespace } from '../support/own-namespace.ts';
import { record } from '../support/record.ts';
import { unique } from '../support/stack.ts';
import { skipTime } from '../support/time.ts';

let temporal: OwnNamespace;
let client: Client;
beforeAll(async () => {
  temporal = await connectOwnNamespace();
  client = temporal.client;
});
afterAll(() => temporal.close());

type Evaluate = (input: EvaluateInput) => Promise<Evaluation>;

const found = (input: EvaluateInput, change: Partial<Evaluation> = {}): Evaluation => ({
  tick: input.tick,
  measures: 1,
  series: 2,
  failures: 0,
  failed: [],
  rules: [{ rule: 'depth', series: 2, firing: 0, unknown: 0 }],
  handOvers: [],
  ...change,
});

/** Serves the queues while `work` runs; escalations are started and stay as they are. */
const serving = async <T>(evaluate: Evaluate, work: () => Promise<T>): Promise<T> => {
  const common = { connection: temporal.native, namespace: temporal.namespace };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: ORCHESTRATION_QUEUE,
      workflowBundle: { codePath: inject('bundlePath') },
    }),
    Worker.create({
      ...common,
      taskQueue: WATCH_QUEUE,
      activities: { evaluate, markHandedOver: async () => {}, loadLadder: async () => null },
    }),
  ]);
  const running = workers.map((worker) => worker.run());
  try {
    return await work();
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
};

const start = async (monitor: MonitorSnapshot, { ringAfterSeconds = 60, skip = false } = {}) => {
  const handle = await client.workflow.start<(input: object) => Promise<MonitorResult>>('monitor', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId: unique('monitor/p/m'),
    args: [{ v: 1, monitor, ringAfterSeconds }],
  });
  if (skip) await skipTime(client, handle.workflowId);
  return handle;
};

const handOverOf = (number: number, labels?: Readonly<Record<string, string>>): HandOver => ({
  number,
  seq: 1,
  workflowId: `escalation/test-pack/depth/${number}`,
  incident: {
    id: `test-pack/depth/${number}`,
    number,
    seq: 1,
    state: 'open',
    firing: {
      severity: 'critical',
      severityWord: 'critical',
      alertType: 'too_deep',
      summary: 'depth is 12',
      facts: [],
      payload: {},
    },
    firstFiredAt: new Date().toISOString(),
    policy: undefined,
    reopenWithinSeconds: 300,
    ...(labels && { labels }),
  },
});

describe('a tick', () => {
  it('is evaluated once, hands its incidents over, and says in counts what it found', async () => {
    const firing = (input: EvaluateInput) =>
      found(input, {
        severity: 'critical',
        rules: [{ rule: 'depth', series: 2, firing: 1, unknown: 0 }],
        handOvers: [handOverOf(7)],
      });
    await serving(
      async (input) => firing(input),
      async () => {
        const handle = await start(aMonitor());
        const result = await handle.result();
        expect(result).toMatchObject({
          measures: 1,
          series: 2,
          firing: 1,
          incidents: [7],
          severity: 'critical',
        });
        expect(result).not.toHaveProperty('handOvers');
        const state = await handle.query<MonitorState>('state');
        expect(state).toMatchObject({ state: 'firing', tick: result.tick, result });
        const { searchAttributes } = await handle.describe();
        expect(searchAttributes).toMatchObject({
          SextonKind: ['monitor'],
          SextonState: ['firing'],
          SextonSeverity: ['critical'],
        });
        const escalation = await client.workflow.getHandle('escalation/test-pack/depth/7').describe();
        expect(escalation.status.name).toBe('RUNNING');
        await record('monitor-fires', handle);
      },
    );
  });

  it('leaves behind an escalation that goes on, to be found by alert type, job, severity and state (SLA-05)', async () => {
    await serving(
      async (input) => found(input, { handOvers: [handOverOf(8, { job: 'cleanup_links' })] }),
      async () => {
        const handle = await start(aMonitor());
        await handle.result();
        expect((await handle.describe()).status.name).toBe('COMPLETED');
        const query = `SextonAlertType = 'too_deep' AND SextonJob = 'cleanup_links' AND SextonSeverity = 'critical' AND SextonState = 'open'`;
        const listed = await eventually('the escalation is listed', async () => {
          const next = await client.workflow.list({ query })[Symbol.asyncIterator]().next();
          return next.done ? undefined : next.value;
        });
        expect([listed.workflowId, listed.status.name]).toEqual(['escalation/test-pack/depth/8', 'RUNNING']);
      },
    );
  });

  it('of a schedule is the instant that the schedule meant', async () => {
    const snapshot = aMonitor();
    const { pack, name } = snapshot;
    const monitors = [{ id: monitorId(pack, name), pack, name, schedule: '* * * * *', snapshot }];
    const [schedule] = declaredSchedules({ jobs: [], monitors, settings: DEFAULT_SETTINGS });
    if (!schedule) throw new Error('the monitor has a schedule');
    const handle = await client.schedule.create(scheduleOptions(schedule));
    const noon = new Date('2026-02-10T12:00:00Z');
    const seen: EvaluateInput[] = [];
    const evaluate: Evaluate = async (input) => {
      seen.push(input);
      return found(input);
    };
    await serving(evaluate, async () => {
      await handle.backfill({ start: new Date(noon.getTime() - 1000), end: noon, overlap: 'ALLOW_ALL' });
      await eventually('the tick was evaluated', async () =>
        seen.some(({ tick }) => tick === noon.toISOString()),
      );
    });
    await handle.delete();
    expect(seen.find(({ tick }) => tick === noon.toISOString())).toMatchObject({
      monitor: snapshot,
      ringAfterSeconds: 60,
    });
  });

  it('that is older than the newest one says so and does nothing', async () => {
    await serving(
      async (input) => found(input, { superseded: true, series: 0, rules: [] }),
      async () => {
        const handle = await start(aMonitor());
        expect(await handle.result()).toMatchObject({ superseded: true, incidents: [] });
        expect(await handle.query<MonitorState>('state')).toMatchObject({ state: 'superseded' });
        await record('monitor-superseded', handle);
      },
    );
  });

  it('that fails for a reason of its own fails visibly, and rings for nobody', async () => {
    const broken: Evaluate = async () => {
      throw ApplicationFailure.nonRetryable('no such column', 'FAILED');
    };
    await serving(broken, async () => {
      const handle = await start(aMonitor());
      const error: unknown = await handle.result().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect(rootCause((error as WorkflowFailedError).cause)).toBe('no such column');
      await record('monitor-fails', handle);
    });
    await expect(client.workflow.getHandle(HOME_DATABASE_ESCALATION_ID).describe()).rejects.toThrow(
      /not found/i,
    );
  });

  it('started with something else is refused in words', async () => {
    await serving(
      async (input) => found(input),
      async () => {
        const handle = await client.workflow.start('monitor', {
          taskQueue: ORCHESTRATION_QUEUE,
          workflowId: unique('monitor/p/m'),
          args: [{}],
        });
        const error: unknown = await handle.result().catch((reason: unknown) => reason);
        expect(rootCause((error as WorkflowFailedError).cause)).toContain('a monitor is started with');
      },
    );
  });
});

describe('while the home database does not answer', () => {
  const away: Evaluate = async () => {
    throw ApplicationFailure.retryable("Sexton's database does not answer: refused", 'HOME_UNREACHABLE');
  };
  const stop = (): Promise<unknown> =>
    client.workflow.getHandle(HOME_DATABASE_ESCALATION_ID).terminate('test');

  it('one ladder tells people, whichever monitor is first, and the next outage rings again', async () => {
    const policy = aPolicy();
    const owned = (name: string): MonitorSnapshot => {
      const monitor = aMonitor({ name: unique(name) });
      return {
        ...monitor,
        rules: monitor.rules.map((rule) => ({
          ...rule,
          rule: { ...rule.rule, routes: { warning: policy } },
        })),
      };
    };
    await serving(away, async () => {
      const both = await Promise.all([start(owned('a'), { skip: true }), start(owned('b'), { skip: true })]);
      const results = await Promise.all(both.map((handle) => handle.result()));
      expect(results.map(({ rang }) => rang)).toEqual([
        HOME_DATABASE_ESCALATION_ID,
        HOME_DATABASE_ESCALATION_ID,
      ]);
      await record('monitor-rings', both[0]);
      const first = client.workflow.getHandle(HOME_DATABASE_ESCALATION_ID);
      const { runId } = await first.describe();
      const { events } = await first.fetchHistory();
      const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
      const input: EscalationInput = JSON.parse(Buffer.from(payload?.data ?? []).toString());
      expect(input.incident).toMatchObject({ number: 0, policy, firing: { severity: 'critical' } });
      expect(input.incident.id).toMatch(/^escalation\/degraded\/sexton\/home-database@20/);
      expect(input.degraded?.report.rule).toMatchObject({ pack: 'sexton', name: 'home-database' });
      await stop();
      const again = await start(owned('c'), { skip: true });
      expect(await again.result()).toMatchObject({ rang: HOME_DATABASE_ESCALATION_ID });
      expect((await client.workflow.getHandle(HOME_DATABASE_ESCALATION_ID).describe()).runId).not.toBe(runId);
      await stop();
    });
  });

  it('a monitor waits for as long as is stated, 60 s by default, before it rings', async () => {
    const tried: number[] = [];
    const counting: Evaluate = async (input) => {
      tried.push(Date.now());
      return away(input);
    };
    await serving(counting, async () => {
      const handle = await start(aMonitor(), { skip: true });
      await handle.result();
      const { events } = await handle.fetchHistory();
      const scheduled = events?.find((event) => event.activityTaskScheduledEventAttributes);
      const { scheduleToCloseTimeout } = scheduled?.activityTaskScheduledEventAttributes ?? {};
      // What its one measure may take comes on top.
      expect(Number(scheduleToCloseTimeout?.seconds)).toBe(60 + 10);
      expect(tried.length).toBeGreaterThan(5);
      await stop();
    });
  });
});
