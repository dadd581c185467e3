// What became of monitors' ticks, by Temporal's own record of them.
import type { Client } from '@temporalio/client';
import { percentile } from '../shared/statistics.ts';
import { type Lateness, latenessOf } from './arrivals.ts';

/** One tick of one monitor. Unix milliseconds. */
export interface Tick {
  readonly monitor: string;
  /** The instant that the schedule meant; of one started by a client, its start. */
  readonly dueAt: number;
  readonly startedAt: number;
  /** Missing while it goes on. */
  readonly endedAt?: number;
  readonly completed: boolean;
}

/** `monitor/<pack>/<name>/scheduled-<instant>`, or `monitor/<pack>/<name>/<own id>`. */
const parse = (workflowId: string): { readonly monitor: string; readonly dueAt: number | undefined } => {
  const [, , monitor = '', rest = ''] = workflowId.split('/');
  const [, instant] = /^scheduled-(.+)$/.exec(rest) ?? [];
  return { monitor, dueAt: instant === undefined ? undefined : Date.parse(instant) };
};

export const readTicks = async (client: Client): Promise<readonly Tick[]> => {
  const ticks: Tick[] = [];
  for await (const { workflowId, startTime, closeTime, status } of client.workflow.list({
    query: `WorkflowType = 'monitor'`,
    pageSize: 1_000,
  })) {
    const { monitor, dueAt } = parse(workflowId);
    const startedAt = startTime.getTime();
    ticks.push({
      monitor,
      dueAt: dueAt ?? startedAt,
      startedAt,
      ...(closeTime && { endedAt: closeTime.getTime() }),
      completed: status.name === 'COMPLETED',
    });
  }
  return ticks;
};

export interface TickFigures {
  readonly seen: number;
  /** Ended otherwise than well, or not yet. */
  readonly failed: number;
  /** Seconds from its due instant to its end. */
  readonly lateness: Lateness;
  /** Seconds from its start to its end. */
  readonly duration: Lateness;
  /** Median seconds from its due instant to its start. */
  readonly startLateness: number;
}

export const figuresOf = (ticks: readonly Tick[]): TickFigures => {
  const ended = ticks.flatMap(({ endedAt, ...tick }) =>
    endedAt === undefined ? [] : [{ ...tick, endedAt }],
  );
  return {
    seen: ticks.length,
    failed: ticks.filter(({ completed }) => !completed).length,
    lateness: latenessOf(ended.map(({ dueAt, endedAt }) => (endedAt - dueAt) / 1000)),
    duration: latenessOf(ended.map(({ startedAt, endedAt }) => (endedAt - startedAt) / 1000)),
    startLateness: percentile(
      ended.map(({ dueAt, startedAt }) => (startedAt - dueAt) / 1000),
      0.5,
    ),
  };
};
