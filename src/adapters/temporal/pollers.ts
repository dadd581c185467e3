// Who asks a task queue for work, as Temporal remembers it for some minutes.
import type { Client } from '@temporalio/client';

/** Temporal's numbers for what is asked for. */
export const WORKFLOWS = 1;
export const ACTIVITIES = 2;

/** A worker asks for work at least once a minute while it has room for it. */
export const FRESH_SECONDS = 90;

export interface Poller {
  readonly identity: string;
  readonly secondsAgo: number;
}

export const readPollers = async (client: Client, name: string, type: number): Promise<readonly Poller[]> => {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType: type,
  });
  return (pollers ?? []).map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    secondsAgo: Date.now() / 1000 - Number(lastAccessTime?.seconds ?? 0),
  }));
};
