// Starts executions at the day's instant by their own clock: each is delayed by as much as the day is ahead of the wall, and
// that delay is skipped.
import type { Client, WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { fastForward } from '../../../src/adapters/temporal/fast-forward.ts';
import { tellEscalation } from '../../../src/adapters/temporal/start-escalation.ts';
import type { HandOver } from '../../../src/domain/alerts/alert.ts';

/**
 * So long before its start it is at the day's instant, and no longer skips: a stretch that ends while something is in flight
 * makes the server go on to the next timer, and what is started by it inherits that.
 */
const CALM_MS = 500;

interface Ahead {
  readonly type: string;
  readonly options: WorkflowStartOptions;
  readonly aheadMs: number;
  /** Whether it has timers, or starts what has. */
  readonly calm: boolean;
}

export const startAhead = async (
  client: Client,
  { type, options, aheadMs, calm }: Ahead,
): Promise<WorkflowHandle> => {
  const delayMs = Math.ceil(aheadMs);
  const since = Date.now();
  const startDelay = delayMs + (calm ? CALM_MS : 0);
  const handle = await client.workflow.start(type, { ...options, startDelay });
  const seconds = (delayMs - (calm ? Date.now() - since : 0)) / 1000;
  await fastForward(client, { workflowId: handle.workflowId, seconds });
  return handle;
};

/** Ladders of incidents that nobody has heard of yet, started as reconcile starts them. */
export const startLadders = async (
  client: Client,
  found: readonly HandOver[],
  aheadMs: number,
): Promise<void> => {
  const workflow = {
    start: (type: string, options: WorkflowStartOptions) =>
      startAhead(client, { type, options, aheadMs, calm: true }),
  };
  for (const each of found)
    if (each.incident.seq === 1 && each.incident.state === 'open')
      await tellEscalation({ workflow } as unknown as Client, each);
};
