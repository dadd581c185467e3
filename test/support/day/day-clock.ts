// A day's clock: the database's `sexton.now()` goes from one stated instant to the next, and executions that are open go along
// whenever something of theirs is due, or somebody is about to tell them something. Between that they may lag: nothing of
// theirs happens there, and each of them costs a second a step.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import { fastForward } from '../../../src/adapters/temporal/fast-forward.ts';
import type { IncidentState } from '../../../src/domain/alerts/alert.ts';
import { type LadderState, nextDue } from '../../../src/domain/alerts/ladder.ts';
import { eventually } from '../eventually.ts';

export interface DayClock {
  /** Epoch milliseconds, virtual. */
  readonly now: () => number;
  /** How far it is ahead of the wall. */
  readonly aheadMs: () => number;
  /** On to this instant, past every due one before it. An instant that has passed changes nothing. */
  readonly moveTo: (atMs: number) => Promise<void>;
  /** Every open execution has done what it had to do by now, and its own clock says so. */
  readonly settle: () => Promise<void>;
  /** Once nothing of an execution is in flight: where its own clock stands; undefined of one that has ended. */
  readonly quiet: (workflowId: string) => Promise<number | undefined>;
  /** An execution besides the escalations, from now until it ends. */
  readonly follow: (workflowId: string) => void;
}

/** A timer's work is begun well within a stretch, never at its very end: there the server would go on to the next timer. */
const PAST_MS = 5_000;
/** So long after it was moved, a timer that was due has fired. */
const FIRES_MS = 300;
/** So little is no lag. */
const SLACK_MS = 300;

interface Given {
  readonly client: Client;
  readonly db: pg.Pool;
  readonly startMs: number;
}

const msOf = (
  at: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined,
): number | undefined => (at ? Number(at.seconds ?? 0) * 1000 + (at.nanos ?? 0) / 1e6 : undefined);

export const createDayClock = async ({ client, db, startMs }: Given): Promise<DayClock> => {
  let aheadMs = 0;
  const followed = new Set<string>();
  const begun = new Set<string>();
  /** The earliest instant at which an open ladder has something to do; undefined while that must be asked. */
  let dueMs: number | undefined;

  const set = async (atMs: number): Promise<void> => {
    aheadMs = Math.max(aheadMs, atMs - Date.now());
    await db.query(
      `UPDATE sexton.clock SET adjustable = true, "offset" = make_interval(secs => $1::float8 / 1000)`,
      [aheadMs],
    );
  };
  const now = (): number => Date.now() + aheadMs;

  const ladders = async (): Promise<string[]> => {
    const { rows } = await db.query(
      `SELECT workflow_id AS id FROM sexton.incident WHERE state <> 'closed' AND workflow_id <> ''`,
    );
    return rows.map(({ id }): string => id);
  };

  /** Until its first task is there it can be asked nothing, and nothing is in flight. */
  const untilBegun = async (workflowId: string): Promise<void> => {
    if (begun.has(workflowId)) return;
    await eventually(
      `${workflowId} has begun`,
      () =>
        client.workflow
          .getHandle(workflowId)
          .query('state')
          .then(() => true),
      { withinMs: 60_000 },
    );
    begun.add(workflowId);
  };

  const quiet = async (workflowId: string): Promise<number | undefined> => {
    await untilBegun(workflowId);
    const { atMs } = await eventually(
      `${workflowId} is quiet`,
      async () => {
        const { raw, status } = await client.workflow.getHandle(workflowId).describe();
        if (status.name !== 'RUNNING') return { atMs: undefined };
        if ((raw.pendingActivities ?? []).length > 0 || raw.pendingWorkflowTask) return false;
        return { atMs: msOf(raw.workflowExtendedInfo?.timeSkippingInfo?.currentTime) ?? Date.now() };
      },
      { withinMs: 60_000 },
    );
    return atMs;
  };

  /** Whether it had to be moved. */
  const catchUp = async (workflowId: string): Promise<boolean> => {
    const atMs = await quiet(workflowId);
    if (atMs === undefined) {
      followed.delete(workflowId);
      return false;
    }
    const behindMs = now() - atMs;
    if (behindMs < SLACK_MS) return false;
    await fastForward(client, { workflowId, seconds: behindMs / 1000 });
    await quiet(workflowId);
    return true;
  };

  const dueOf = async (workflowId: string): Promise<number> => {
    await untilBegun(workflowId);
    const { incident, ladder } = await client.workflow
      .getHandle(workflowId)
      .query<{ incident: IncidentState; ladder: LadderState }>('state');
    return nextDue(incident.policy, ladder)?.atMs ?? Number.POSITIVE_INFINITY;
  };

  /** What each open ladder has to do next: of two looks with the same answer, nothing began between them. */
  const look = async (): Promise<ReadonlyMap<string, number>> => {
    const ids = await ladders();
    return new Map(await Promise.all(ids.map(async (id) => [id, await dueOf(id)] as const)));
  };
  const isSame = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean =>
    one.size === other.size && [...one].every(([id, due]) => other.get(id) === due);

  /** Nothing is on its way from an incident's row to its ladder, or from a ladder to somebody. */
  const isDelivered = async (): Promise<boolean> => {
    const { rows } = await db.query(
      `SELECT NOT EXISTS (SELECT 1 FROM sexton.incident WHERE state <> 'closed' AND seq > handed_seq)
         AND NOT EXISTS (SELECT 1 FROM sexton.outbox WHERE state IN ('planned', 'claimed')) AS yes`,
    );
    return rows[0].yes;
  };

  const settle = async (): Promise<void> => {
    let before: ReadonlyMap<string, number>;
    let open = await look();
    do {
      before = open;
      const moved = await Promise.all([...open.keys(), ...followed].map(catchUp));
      // A timer fires a little after the clock has passed it, and what it begins may begin another: one that was quiet a
      // moment ago may be in the middle of a tier by now. Of a run nobody can ask when its next timer is due.
      if (followed.size > 0 && moved.includes(true)) await sleep(FIRES_MS);
      await eventually('nothing is on its way', isDelivered);
      open = await look();
    } while (!isSame(before, open));
    dueMs = Math.min(Number.POSITIVE_INFINITY, ...open.values());
  };

  await set(startMs);
  return {
    now,
    aheadMs: () => aheadMs,
    moveTo: async (atMs) => {
      if (dueMs === undefined) await settle();
      while (dueMs !== undefined && dueMs + PAST_MS < atMs) {
        const before = dueMs;
        await set(dueMs + PAST_MS);
        // A timer fires a little after the clock has passed it.
        await eventually(`what is due at ${new Date(before).toISOString()} is done`, async () => {
          await settle();
          return dueMs !== before;
        });
      }
      await set(atMs);
      if (followed.size > 0) await settle();
    },
    settle,
    quiet,
    follow: (workflowId) => {
      followed.add(workflowId);
    },
  };
};
