// The answer `retry`: the failed job of an incident runs again.
import { ActivityFailure, ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Answer } from '../../domain/alerts/escalation.ts';
import { DESCRIPTIONS, type RetryEvent, retryIncidentSignal, retryIncidentUpdate } from '../messages.ts';
import { retryFailedRun } from '../proxies.ts';
import type { createAnswerHandlers } from './answer-handlers.ts';
import type { Escalation } from './escalation-state.ts';

type Handlers = Pick<ReturnType<typeof createAnswerHandlers>, 'apply' | 'isOpen' | 'open'>;

export const handleRetry = (escalation: Escalation, { apply, isOpen, open }: Handlers): void => {
  const retry = async (event: RetryEvent): Promise<Answer> => {
    const run = await retryRun(escalation, event);
    const note = `${event.note ?? 'failed run started again'} (${run})`;
    return {
      ...(await apply({ ...event, note }, () => ({ step: { state: escalation.ladder() }, withdraw: false }))),
      run,
    };
  };
  setHandler(
    retryIncidentUpdate,
    async (event) => {
      await escalation.begun();
      open(event);
      return retry(event);
    },
    { description: DESCRIPTIONS.retry, validator: open },
  );
  setHandler(
    retryIncidentSignal,
    async (event) => {
      await escalation.begun();
      if (typeof event?.by === 'string' && isOpen()) await retry(event).catch(() => {});
    },
    { description: DESCRIPTIONS.retry },
  );
};

/** One run per failed run, so that a repeat answers with the same one. */
const retryRun = async (escalation: Escalation, { by, cutoff }: RetryEvent): Promise<string> => {
  const { number, firing } = escalation.incident();
  const { run_id: runId } = firing.payload;
  try {
    const { workflowId } = await retryFailedRun({
      number,
      runId: typeof runId === 'string' ? runId : undefined,
      by,
      keepCutoff: cutoff === 'keep',
    });
    return workflowId;
  } catch (error) {
    // The activity's own words: `Activity task failed` tells an operator nothing.
    throw error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : error;
  }
};
