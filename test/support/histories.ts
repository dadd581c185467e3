// Recorded histories as they lie in test/replay/histories, and every payload in them as text.
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../replay/histories/', import.meta.url);

export interface RecordedEvent {
  readonly eventType: string;
  readonly activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  readonly timerStartedEventAttributes?: object;
  readonly workflowExecutionStartedEventAttributes?: { workflowId: string };
}

export interface Recorded {
  readonly name: string;
  readonly history: { readonly events: readonly RecordedEvent[] };
}

export const recordedHistories = (): readonly Recorded[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => ({
      name: file.slice(0, -'.json'.length),
      history: JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')),
    }));

/** Everything that a history says: payloads decoded, and whatever stands beside them. */
export const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const { data } = value as { data?: unknown };
  const decoded = typeof data === 'string' ? [Buffer.from(data, 'base64').toString('utf8')] : [];
  return [...decoded, ...Object.values(value).flatMap(textsIn)];
};

/** The id under which it ran: a workflow may ask for it, so a replay must have the same one. */
export const workflowIdOf = ({ name, history }: Recorded): string =>
  history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? name;
