// What single escalations went through, by Temporal's record: the reason beside a figure.
import type { Client } from '@temporalio/client';

/** One escalation's events, oldest first: seconds from the first one, and what it was. */
export interface Course {
  readonly incident: string;
  /** Seconds from its start to its page. */
  readonly seconds: number;
  readonly events: readonly (readonly [seconds: number, what: string])[];
}

const ENDING = 'EventAttributes';

/** The events' types by their attributes' names: the enum itself is in a package that is not ours. */
const nameOf = (event: object): string => {
  const found = Object.entries(event).find(([key, value]) => key.endsWith(ENDING) && value);
  return found ? found[0].slice(0, -ENDING.length) : 'unknown';
};

export const readCourse = async (
  client: Client,
  {
    workflowId,
    ...page
  }: { readonly workflowId: string; readonly incident: string; readonly seconds: number },
): Promise<Course> => {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const timed = (events ?? []).map((event) => {
    const { seconds, nanos } = event.eventTime ?? {};
    return [Number(seconds ?? 0) + (nanos ?? 0) / 1e9, nameOf(event)] as const;
  });
  const [first = [0]] = timed;
  return { ...page, events: timed.map(([at, what]) => [Number((at - first[0]).toFixed(3)), what]) };
};
