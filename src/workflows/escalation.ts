// One escalation: tells people tier by tier until somebody answers or the cause is gone. The ladder (pure) decides,
// this waits. It ends only by closing its incident, which Postgres refuses while there is news.
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  workflowInfo,
} from '@temporalio/workflow';
import type { EscalationInput } from '../domain/escalation.ts';
import { nextDue, passDue } from '../domain/ladder.ts';
import { adoptIncident } from './adopt-incident.ts';
import { waitSummary } from './display.ts';
import { createEscalation, type Escalation } from './escalation-state.ts';
import { handleAnswers } from './answers.ts';
import { closeIncident, loadLadder } from './proxies.ts';

export async function escalationWorkflow(input: EscalationInput): Promise<{ readonly incident: string; readonly ended: string }> {
  const escalation = createEscalation(input);
  handleAnswers(escalation);
  const ended = (await begin(escalation, input)) ?? (await climb(escalation, input));
  await condition(allHandlersFinished);
  return { incident: escalation.incident().id, ended };
}

/** Takes the ladder up where an earlier execution left it; says so where another workflow has the incident. */
const begin = async (escalation: Escalation, input: EscalationInput): Promise<string | undefined> => {
  const { number } = input.incident;
  if (input.degraded) {
    adoptIncident(escalation, input.degraded.report);
    return undefined;
  }
  if (input.carried) return undefined;
  // Without an answer the ladder starts afresh: telling people twice is better than not telling them.
  const stored = await loadLadder({ number }).catch(() => null);
  if (stored && stored.workflowId !== workflowInfo().workflowId) return `${stored.workflowId} has this incident`;
  if (stored?.state === 'closed') return 'closed before it began';
  if (stored?.ladder) escalation.setLadder(stored.ladder);
  return undefined;
};

const climb = async (escalation: Escalation, input: EscalationInput): Promise<string> => {
  for (;;) {
    if (escalation.yieldedTo()) return `${escalation.yieldedTo()} has this incident`;
    if (escalation.ladder().status === 'resolved') {
      if (await lingerAndClose(escalation)) return 'closed';
      continue;
    }
    const policy = escalation.incident().policy;
    const due = nextDue(policy, escalation.ladder());
    if (!due || due.atMs > Date.now()) {
      await escalation.change(due && due.atMs - Date.now(), waitSummary(due, escalation.incident()));
      await continueIfLong(escalation, input);
      continue;
    }
    if (!policy) continue;
    const step = passDue(policy, escalation.ladder(), Date.now());
    escalation.take(step);
  }
};

/** A while after it was resolved, so that a re-fire finds the same incident. False where there is news. */
const lingerAndClose = async (escalation: Escalation): Promise<boolean> => {
  const { number, seq, reopenWithinSeconds } = escalation.incident();
  const news = await escalation.change(reopenWithinSeconds * 1000, 'resolved: open again if it fires within this time');
  if (news) return false;
  await escalation.settled();
  if (number === 0) return true;
  const closed = await closeIncident({ number, seq }).catch(() => false);
  // Refused: there is a newer state, which is on its way here or comes with reconcile.
  if (!closed) await escalation.change(30_000, 'waits for the news that keeps it open');
  return closed;
};

const continueIfLong = async (escalation: Escalation, input: EscalationInput): Promise<void> => {
  if (!workflowInfo().continueAsNewSuggested) return;
  await escalation.settled();
  await condition(allHandlersFinished);
  const { degraded: _, ...rest } = input;
  await continueAsNew<typeof escalationWorkflow>({
    ...rest,
    incident: escalation.incident(),
    ...(escalation.incident().number === 0 && input.degraded && { degraded: input.degraded }),
    carried: escalation.carry(),
  });
};
