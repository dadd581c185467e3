// One clock for tests (design §9): executions and the databases' `sexton.now()` go forward together, from one due
// instant to the next, and nobody sleeps for a timer.
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import { fastForward } from '../../src/adapters/temporal/fast-forward.ts';
import type { IncidentState } from '../../src/domain/alerts/alert.ts';
import type { LadderState } from '../../src/domain/alerts/ladder.ts';
import { nextDue } from '../../src/domain/alerts/ladder.ts';
import { eventually } from './eventually.ts';

/** Lets an execution jump from timer to timer while it has no activity in flight. */
export const skipTime = async (client: Client, workflowId: string): Promise<void> => {
  await client.workflowService.updateWorkflowExecutionOptions({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
    updateMask: { paths: ['time_skipping_config'] },
  });
};

export interface Clock {
  /** Seconds that virtual time is ahead of the wall. */
  readonly ahead: () => number;
  /** Lets so much time pass for every open escalation and for the databases. */
  readonly advance: (seconds: number) => Promise<void>;
}

const PAST_SECONDS = 5;

interface ClockInput {
  readonly client: Client;
  /** Databases whose clock goes along. */
  readonly databases: readonly pg.Pool[];
}

export const createClock = async ({ client, databases }: ClockInput): Promise<Clock> => {
  let ahead = 0;
  for (const database of databases) {
    await database.query(`UPDATE sexton.clock SET adjustable = true, "offset" = '0'`);
  }
  const joined = new Set<string>();

  const open = async (): Promise<string[]> => {
    const ids: string[] = [];
    const query = "WorkflowType = 'escalation' AND ExecutionStatus = 'Running'";
    for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
    return ids;
  };

  /** Nothing in flight: whatever the last instant set going has been done. */
  const quiet = (workflowId: string): Promise<true> =>
    eventually(
      `${workflowId} is quiet`,
      async () => {
        const { raw, status } = await client.workflow.getHandle(workflowId).describe();
        return (
          status.name !== 'RUNNING' ||
          ((raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask)
        );
      },
      { withinMs: 60_000 },
    );

  /** Seconds until the escalation's next due instant; Infinity where it waits for a person. */
  const untilDue = async (workflowId: string): Promise<number> => {
    const { incident, ladder } = await client.workflow
      .getHandle(workflowId)
      .query<{ incident: IncidentState; ladder: LadderState }>('state');
    // The answer may be ahead of what it tells of: whoever is to be told then is still being asked for.
    await quiet(workflowId);
    const due = nextDue(incident.policy, ladder);
    return due ? (due.atMs - Date.now()) / 1000 - ahead : Number.POSITIVE_INFINITY;
  };

  /** An execution that began since is at the wall's time; it must live through what has passed. */
  const join = async (workflowId: string): Promise<void> => {
    if (joined.has(workflowId)) return;
    joined.add(workflowId);
    if (ahead > 0) await fastForward(client, { workflowId, seconds: ahead });
    await quiet(workflowId);
  };

  const step = async (ids: readonly string[], seconds: number): Promise<void> => {
    ahead += seconds;
    for (const database of databases) {
      await database.query('UPDATE sexton.clock SET "offset" = make_interval(secs => $1)', [ahead]);
    }
    await Promise.all(ids.map((workflowId) => fastForward(client, { workflowId, seconds })));
    await Promise.all(ids.map(quiet));
  };

  return {
    ahead: () => ahead,
    advance: async (seconds) => {
      const end = ahead + seconds;
      while (ahead < end) {
        const ids = await open();
        await Promise.all(ids.map(join));
        await Promise.all(ids.map(quiet));
        const dues = await Promise.all(ids.map(untilDue));
        // Past the due instant, and never past the end. By more than what is then done takes on a slow machine: a stretch
        // that ends in the midst of it makes the server go on to the next timer, however far that is.
        const next = Math.min(...dues.map((due) => Math.max(due, 0) + PAST_SECONDS), end - ahead);
        await step(ids, next);
      }
    },
  };
};
