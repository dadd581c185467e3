// Runs that break their budget in real time, on a worker whose Postgres can be taken away, and the ladders that they ring:
// what people hear of them, and which incidents there are. In virtual time from the breach on.
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { Routed } from '../../../src/activities/alerts/channels.ts';
import type { BeginInput } from '../../../src/activities/job/begin.ts';
import type { FinishInput } from '../../../src/activities/job/finish.ts';
import type { SliceInput } from '../../../src/activities/slice/slice.ts';
import type { Report, RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import { degradedEscalationWorkflowId, ORCHESTRATION_QUEUE } from '../../../src/domain/ids.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import type { Engine } from '../engine.ts';
import { eventually } from '../eventually.ts';
import { aJob, aPlan } from '../jobs/builders.ts';
import { finished, sliceResult } from '../jobs/job-worker.ts';
import { unique } from '../stack.ts';
import { createClock } from '../time.ts';
import { type Away, awayFor } from './away.ts';
import { type Bell, openBell } from './escalation-worker.ts';
import { aRule } from './policies.ts';

interface Notice {
  readonly atMs: number;
  readonly severity: string;
  readonly tier: string;
  readonly incident: string;
  readonly unreachable: boolean;
}

interface Gate {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly done: Promise<void>;
}

export interface StartedRun {
  readonly rule: RuleSnapshot;
  readonly handle: WorkflowHandle;
  /** Id of the ladder that it rings by itself. */
  readonly ringing: string;
  /** What its one slice does; it goes on until then. */
  readonly slice: Gate;
}

interface IncidentRow {
  readonly number: number;
  readonly workflow_id: string;
  readonly severity: string;
}

export interface Ringing {
  readonly bell: Bell;
  readonly home: Away;
  readonly notices: readonly Notice[];
  /** Notices about incidents of the rule that have a number. */
  readonly noticesOf: (rule: RuleSnapshot) => readonly Notice[];
  /** `severity: tier` of every notice, or of those about a rule's incidents. */
  readonly told: (rule?: RuleSnapshot) => readonly string[];
  /** Before every test: a clock that stands at now, Postgres there, the door open, and nothing told yet. */
  readonly afresh: () => Promise<void>;
  readonly advance: (seconds: number) => Promise<void>;
  /** A run that is told of above 80 % and above 100 % of its budget. */
  readonly startRun: (given?: {
    /** Default: 3. */
    readonly budgetSeconds?: number;
    /** Part of the budget that is gone when it begins; default: 2. */
    readonly goneSeconds?: number;
    readonly failure?: RuleSnapshot;
  }) => Promise<StartedRun>;
  /** No report is answered until what this returns is called. */
  readonly holdTheDoor: () => () => void;
  readonly incidentsOf: (...rules: readonly RuleSnapshot[]) => Promise<IncidentRow[]>;
  readonly isRunning: (workflowId: string) => Promise<boolean>;
  /** Ids of the escalations that go on. */
  readonly running: () => Promise<string[]>;
  /** Terminates every escalation that goes on. */
  readonly endAll: () => Promise<void>;
}

const gate = (): Gate => {
  let resolve = (): void => {};
  let reject: (error: Error) => void = () => {};
  const done = new Promise<void>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  done.catch(() => {});
  return { resolve, reject, done };
};

const band = (severity: 'warning' | 'critical') =>
  ({ severity, severityWord: severity, alertType: `sla_${severity}`, recommendedAction: 'look' }) as const;

export const openRinging = async (): Promise<Ringing> => {
  const slices = new Map<string, Gate>();
  const gone = new Map<string, number>();
  let doorHeld: Promise<void> | undefined;
  const wrap = (activities: Engine['activities']) => ({
    ...activities,
    begin: async ({ job, run }: BeginInput) => ({
      begun: true,
      plan: aPlan({
        runId: run.runId,
        startedAt: new Date(Date.now() - (gone.get(job.name) ?? 0)).toISOString(),
      }),
    }),
    slice: async ({ job }: SliceInput) => {
      await slices.get(job.name)?.done;
      return sliceResult();
    },
    finish: async (input: FinishInput) => ({ ...finished(input), durationSeconds: 60 }),
    observe: async (input: { readonly reports: readonly Report[] }) => {
      await doorHeld;
      return activities.observe(input);
    },
  });
  // A message waits for Postgres a second before it goes out without.
  const bell = await openBell(wrap, { ringAfterSeconds: 0.5 });
  const { client } = bell;
  const home = awayFor(bell.engine.databases.home);
  const notices: Notice[] = [];
  bell.onSend(async ({ notification }: Routed) => {
    const { severity, tier, incident, stateStoreUnreachable: unreachable } = notification;
    notices.push({ atMs: Date.now(), severity, tier, incident, unreachable });
  });
  let clock = await createClock({ client, databases: [bell.home] });

  const running = async (): Promise<string[]> => {
    const ids: string[] = [];
    const query = "WorkflowType = 'escalation' AND ExecutionStatus = 'Running'";
    for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };

  const noticesOf = (rule: RuleSnapshot) =>
    notices.filter(({ incident }) => incident.startsWith(`test-pack/${rule.name}/`));

  return {
    bell,
    home,
    notices,
    noticesOf,
    told: (rule) => (rule ? noticesOf(rule) : notices).map(({ severity, tier }) => `${severity}: ${tier}`),
    afresh: async () => {
      clock = await createClock({ client, databases: [bell.home] });
      home.putBack();
      doorHeld = undefined;
      notices.length = 0;
      bell.heard.length = 0;
    },
    advance: (seconds) => clock.advance(seconds),
    startRun: async ({ budgetSeconds = 3, goneSeconds = 2, failure } = {}) => {
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
      const slice = gate();
      slices.set(job.name, slice);
      gone.set(job.name, goneSeconds * 1000);
      const handle = await client.workflow.start('job', {
        taskQueue: ORCHESTRATION_QUEUE,
        workflowId: `job/test-pack/${job.name}/${randomUUID()}`,
        args: [{ job, request: {} }],
      });
      const ringing = degradedEscalationWorkflowId('test-pack', job.name, handle.firstExecutionRunId);
      return { rule, handle, ringing, slice };
    },
    holdTheDoor: () => {
      const held = gate();
      doorHeld = held.done;
      return held.resolve;
    },
    incidentsOf: async (...rules) =>
      (
        await bell.home.query(
          `SELECT number::int, workflow_id, severity FROM sexton.incident WHERE rule = ANY($1) ORDER BY number`,
          [rules.map(({ name }) => name)],
        )
      ).rows,
    isRunning: async (workflowId) =>
      (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING',
    running,
    endAll: async () => {
      for (const workflowId of await running()) await client.workflow.getHandle(workflowId).terminate();
      await eventually('nothing goes on', async () => (await running()).length === 0);
    },
  };
};
