// Starts a schedule's action now, as its tick would, and finds out what became of that.
import type { Client } from '@temporalio/client';
import { describeSchedule } from '../../adapters/temporal/schedule-look.ts';

export type Triggered =
  | { readonly started: string }
  /** An earlier run goes on; the schedule never starts two at once. */
  | { readonly skippedFor: string }
  /** Temporal took the request, and had not acted on it in time. */
  | { readonly unknown: true };

/** Temporal acts on a trigger within a moment; what is not seen by then is left to `schedule list`. */
const SEEN_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 100;

/** Undefined where there is no such schedule. */
export const triggerSchedule = async (client: Client, id: string): Promise<Triggered | undefined> => {
  const before = (await describeSchedule(client, id))?.info;
  if (!before) return undefined;
  await client.schedule.getHandle(id).trigger('SKIP');
  const deadline = Date.now() + SEEN_WITHIN_MS;
  while (Date.now() < deadline) {
    const now = (await describeSchedule(client, id))?.info;
    if (!now) return undefined;
    const newest = now.recentActions.at(-1)?.action.workflow.workflowId;
    if (now.numActionsTaken > before.numActionsTaken && newest) return { started: newest };
    if (now.numActionsSkippedOverlap > before.numActionsSkippedOverlap)
      return { skippedFor: now.runningActions[0]?.workflow.workflowId ?? 'an earlier run' };
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return { unknown: true };
};
