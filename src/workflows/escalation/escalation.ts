// One escalation: tells people tier by tier until somebody answers or the cause is gone. The ladder (pure) decides,
// this waits. It ends only by closing its incident, which Postgres refuses while there is news.
import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { EscalationInput } from '../../domain/alerts/escalation.ts';
import { nextDue, passDue } from '../../domain/alerts/ladder.ts';
import { waitSummary } from '../display.ts';
import { closeIncident, loadLadder } from '../proxies.ts';
import { adoptIncident } from './adopt-incident.ts';
import { handleAnswers } from './answers.ts';
import { handleOvertaken, resumeUnsent } from './catch-up.ts';
import { createEscalation, type Escalation } from './escalation-state.ts';
import { handleNews, type News } from './news.ts';

export async function escalationWorkflow(
  input: EscalationInput,
): Promise<{ readonly incident: string; readonly ended: string }> {
  const escalation = createEscalation(input);
  const news = handleNews(escalation);
  handleAnswers(escalation);
  handleOvertaken(escalation, news);
  const ended = (await begin(escalation, news, input)) ?? (await climb(escalation, input));
  await condition(allHandlersFinished);
  return { incident: escalation.incident().id, ended };
}

/** Takes the ladder up where an earlier execution left it; says so where another workflow has the incident. */
const begin = async (
  escalation: Escalation,
  news: News,
  input: EscalationInput,
): Promise<string | undefined> => {
  const { number } = input.incident;
  if (input.degraded) adoptIncident(escalation, news, input.degraded.report);
  // Without an answer the ladder starts afresh: telling people twice is better than not telling them.
  const fresh = !input.degraded && !input.carried && !input.stored;
  const stored = fresh ? await loadLadder({ number }).catch(() => null) : null;
  news.begin(input.carried ? null : (input.stored ?? stored));
  if (stored && stored.workflowId !== workflowInfo().workflowId)
    return `${stored.workflowId} has this incident`;
  if (stored?.state === 'closed') return 'closed before it began';
  if (input.v !== 1 && (input.stored ?? stored)?.ladder && !input.carried) void resumeUnsent(escalation);
  return undefined;
};

const climb = async (escalation: Escalation, input: EscalationInput): Promise<string> => {
  /** Who was told that it fires has been told, or is being told, that it is over. */
  let endTold = false;
  for (;;) {
    if (escalation.yieldedTo()) return `${escalation.yieldedTo()} has this incident`;
    if (escalation.ladder().status === 'resolved') {
      if (!endTold) escalation.delivery.notify('resolved');
      endTold = true;
      if (await lingerAndClose(escalation)) return 'closed';
      continue;
    }
    endTold = false;
    const policy = escalation.incident().policy;
    const due = nextDue(policy, escalation.ladder());
    if (!due || due.atMs > Date.now()) {
      const wait = due && due.atMs - Date.now();
      await escalation.change(wait, waitSummary(due, escalation.incident()), () => mayContinue(escalation));
      if (mayContinue(escalation)) await goOnAsNew(escalation, input);
      continue;
    }
    if (!policy) continue;
    const step = passDue(policy, escalation.ladder(), Date.now());
    escalation.take(step);
    if (input.v !== 1) await escalation.delivery.asked();
  }
};

/** A while after it was resolved, so that a re-fire finds the same incident. False where there is news. */
const lingerAndClose = async (escalation: Escalation): Promise<boolean> => {
  const { number, seq, reopenWithinSeconds } = escalation.incident();
  if (number === 0) {
    // Its incident opens once Postgres is back, and must find that somebody has resolved it.
    await escalation.change(undefined, 'resolved: waits for the state store, to close its incident there');
    return false;
  }
  const news = await escalation.change(
    reopenWithinSeconds * 1000,
    'resolved: open again if it fires within this time',
  );
  if (news) return false;
  await escalation.settled();
  const closed = await closeIncident({ number, seq }).catch(() => false);
  // Refused: there is a newer state, which is on its way here or comes with reconcile.
  if (!closed) await escalation.change(30_000, 'waits for the news that keeps it open');
  return closed;
};

/** Only between two steps: a ladder must not stand still until a slow channel or Postgres has answered. */
const mayContinue = (escalation: Escalation): boolean =>
  workflowInfo().continueAsNewSuggested && !escalation.busy() && allHandlersFinished();

const goOnAsNew = async (escalation: Escalation, input: EscalationInput): Promise<void> => {
  const { degraded: _degraded, stored: _stored, ...rest } = input;
  await continueAsNew<typeof escalationWorkflow>({
    ...rest,
    incident: escalation.incident(),
    ...(escalation.incident().number === 0 && input.degraded && { degraded: input.degraded }),
    carried: escalation.carry(),
  });
};
