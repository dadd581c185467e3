// A dead letter, sent again because somebody asked. In a workflow of its own: its escalation may be over.
import type { RedeliverInput, RedeliverResult } from '../activities/alerts/redeliver.ts';
import { redeliver } from './proxies.ts';

export async function redeliverWorkflow(input: RedeliverInput): Promise<RedeliverResult> {
  return redeliver(input);
}
