// What a run's audit rows say of where it came from: who or what started it, and of which tick it is.
import { slotOf } from '../ids.ts';
import type { RunRequest } from './job.ts';

/** `slot` only of a run that a schedule started: the tick as it was planned, ISO-8601. */
export const originMetadata = (
  { trigger = 'manual' }: Pick<RunRequest, 'trigger'>,
  workflowId: string,
): { readonly trigger: string; readonly slot?: string } => {
  const slot = slotOf(workflowId);
  return { trigger, ...(slot !== undefined && { slot }) };
};
