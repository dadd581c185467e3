// One tick of a health check on the real Temporal server: what crosses into its history, what the UI shows of it, and what
// becomes of a tick that nobody can answer. What the activity itself does is tested with it.
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, rootCause } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startHealthCheck } from '../../src/adapters/temporal/start-health-check.ts';
import { declaredSchedules, scheduleOptions } from '../../src/client/sync/schedule-spec.ts';
import {
  type Checked,
  type CheckHealthInput,
  type HealthResult,
  type HealthSnapshot,
  type HealthState,
  healthReport,
} from '../../src/domain/health/health.ts';
import {
  checkId,
  HOME_DATABASE_ESCALATION_ID,
  NOTIFY_QUEUE,
  ORCHESTRATION_QUEUE,
  WATCH_QUEUE,
} from '../../src/domain/ids.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { eventually } from '../support/eventually.ts';
import { aHealthCheck } from '../support/monitors/a-health-check.ts';
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

type CheckHealth = (input: CheckHealthInput) => Promise<Checked>;

const found = ({ tick }: CheckHealthInput, change: Partial<Checked> = {}): Checked => ({
  tick,
  report: healthReport([{ name: 'database_connectivity', status: 'PASS', latency_ms: 12 }], tick),
  firing: 0,
  handOvers: [],
  ...change,
});

const FAILED = healthReport(
  [
    { name: 'database_connectivity', status: 'PASS', latency_ms: 12 },
    { name: 'zombie_locks', status: 'WARN', locks_found: 1, lock_age_hours: 2.5 },
  ],
  '2026-02-10T18:00:00Z',
);

/** Serves the queues while `work` runs. `posted` hears of each letter. */
const serving = async <T>(
  checkHealth: CheckHealth,
  work: () => Promise<T>,
  posted: (target: object) => void = () => {},
): Promise<T> => {
  const common = { connection: temporal.native, namespace: temporal.namespace };
  const whomToWake = async ({ names }: { readonly names: readonly string[] }) => ({
    targets: names.map((address) => ({ channel: 'slack', address })),
    empty: [],
  });
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue: ORCHESTRATION_QUEUE,
      workflowBundle: { codePath: inject('bundlePath') },
      activities: { whomToWake },
    }),
    Worker.create({
      ...common,
      taskQueue: WATCH_QUEUE,
      activities: { checkHealth, markHandedOver: async () => {} },
    }),
    Worker.create({
      ...common,
      taskQueue: NOTIFY_QUEUE,
      activities: {
        postLetter: async (input: { readonly target: object }) => {
          posted(input);
          return { outcome: 'sent' };
        },
      },
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

const start = async (
  check: HealthSnapshot,
  { ringAfterSeconds = 60, by }: { readonly ringAfterSeconds?: number; readonly by?: string } = {},
) =>
  client.workflow.start<(input: object) => Promise<HealthResult>>('healthCheck', {
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId: unique('health-check/p/c'),
    args: [{ v: 1, check, ringAfterSeconds, ...(by && { by }) }],
  });

describe('a tick', () => {
  it('is one activity, and shows its state, its lines and its searchable attributes as monitors do', async () => {
    const warns: CheckHealth = async (input) =>
      found(input, { report: FAILED, firing: 1, severity: 'warning' });
    await serving(warns, async () => {
      const snapshot = aHealthCheck({ name: unique('health') });
      const started = await startHealthCheck(client, {
        v: 1,
        check: snapshot,
        ringAfterSeconds: 60,
        by: 'ana',
      });
      const result = await started.result();
      expect(started.workflowId).toMatch(/^health-check\/test-pack\/health/);
      expect(result).toEqual({
        tick: expect.any(String),
        report: FAILED,
        firing: 1,
        severity: 'warning',
        incidents: [],
      });
      const handle = client.workflow.getHandle(started.workflowId);
      expect(await handle.query<HealthState>('state')).toMatchObject({ state: 'warn', result });
      const { searchAttributes } = await handle.describe();
      expect(searchAttributes).toMatchObject({
        SextonPack: ['test-pack'],
        SextonKind: ['health-check'],
        SextonName: [snapshot.name],
        SextonState: ['warn'],
        SextonSeverity: ['warning'],
      });
      const metadata = await handle.query<{ readonly currentDetails?: string }>(
        '__temporal_workflow_metadata',
      );
      expect(metadata.currentDetails).toMatch(
        /\*\*warn\*\*[\s\S]*! zombie_locks +WARN +locks_found 1[\s\S]*Overall: WARN/,
      );
      await record('health-check-warns', handle);
    });
  });

  it('of a schedule is the instant that the schedule meant, and nobody is named as having asked (SLA-02)', async () => {
    const snapshot = aHealthCheck({ name: unique('health') });
    const { pack, name } = snapshot;
    const checks = [{ id: checkId(pack, name), pack, name, schedule: '0 */6 * * *', snapshot }];
    const [schedule] = declaredSchedules({ jobs: [], monitors: [], checks, settings: DEFAULT_SETTINGS });
    if (!schedule) throw new Error('the health check has a schedule');
    expect(schedule.id).toBe(`sexton/test-pack/check/${name}`);
    const handle = await client.schedule.create(scheduleOptions(schedule));
    const noon = new Date('2026-02-10T12:00:00Z');
    const seen: CheckHealthInput[] = [];
    const checkHealth: CheckHealth = async (input) => {
      seen.push(input);
      return found(input);
    };
    await serving(checkHealth, async () => {
      await handle.backfill({ start: new Date(noon.getTime() - 1000), end: noon, overlap: 'ALLOW_ALL' });
      await eventually('the tick was looked at', async () => seen.length > 0);
    });
    await handle.delete();
    expect(seen).toEqual([{ check: snapshot, tick: noon.toISOString(), ringAfterSeconds: 60 }]);
  });

  it('sends its summary to everybody it is for, once it is stored (DRAFT-35)', async () => {
    const letters: object[] = [];
    await serving(
      async (input) => found(input, { letter: 7 }),
      async () => {
        const handle = await start(aHealthCheck({ summaryTo: ['backend', 'ops'] }));
        expect(await handle.result()).toMatchObject({ told: ['slack:backend: sent', 'slack:ops: sent'] });
        expect(await handle.query<HealthState>('state')).toMatchObject({ state: 'pass' });
        await record('health-check-tells', handle);
      },
      (letter) => letters.push(letter),
    );
    // Side by side: which of them is first, nobody promises.
    expect(letters).toHaveLength(2);
    expect(letters).toEqual(
      expect.arrayContaining([
        { letter: 7, target: { channel: 'slack', address: 'backend' } },
        { letter: 7, target: { channel: 'slack', address: 'ops' } },
      ]),
    );
  });

  it('that fails for a reason of its own fails visibly, and one started with something else is refused', async () => {
    const broken: CheckHealth = async () => {
      throw ApplicationFailure.nonRetryable('no such column', 'FAILED');
    };
    await serving(broken, async () => {
      const error: unknown = await (await start(aHealthCheck())).result().catch((reason: unknown) => reason);
      expect(rootCause((error as WorkflowFailedError).cause)).toBe('no such column');
      const handle = await client.workflow.start('healthCheck', {
        taskQueue: ORCHESTRATION_QUEUE,
        workflowId: unique('health-check/p/c'),
        args: [{}],
      });
      const refused: unknown = await handle.result().catch((reason: unknown) => reason);
      expect(refused).toBeInstanceOf(WorkflowFailedError);
      expect(rootCause((refused as WorkflowFailedError).cause)).toContain('`sexton health` does that');
    });
  });
});

describe('while the home database does not answer', () => {
  it('the one ladder for all tells people, after 60 s and what the checks may take', async () => {
    const away: CheckHealth = async () => {
      throw ApplicationFailure.retryable("Sexton's database does not answer: refused", 'HOME_UNREACHABLE');
    };
    await serving(away, async () => {
      const handle = await start(aHealthCheck());
      await skipTime(client, handle.workflowId);
      expect(await handle.result()).toMatchObject({ rang: HOME_DATABASE_ESCALATION_ID, incidents: [] });
      const { events } = await handle.fetchHistory();
      const scheduled = events?.find((event) => event.activityTaskScheduledEventAttributes);
      const { scheduleToCloseTimeout } = scheduled?.activityTaskScheduledEventAttributes ?? {};
      expect(Number(scheduleToCloseTimeout?.seconds)).toBe(60 + 5);
      await record('health-check-rings', handle);
      await client.workflow.getHandle(HOME_DATABASE_ESCALATION_ID).terminate('test');
    });
  });
});
