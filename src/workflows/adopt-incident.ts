// A ladder that rings without Postgres asks the door until it answers, and then becomes the incident's own, unless
// another ladder was told of it first.
import { sleep, workflowInfo } from '@temporalio/workflow';
import type { Report } from '../domain/alert.ts';
import type { Escalation } from './escalation-state.ts';
import { markHandedOver, observeWithin } from './proxies.ts';

/** The door is asked for this long at a time, and again after a pause. */
const ASK_SECONDS = 20;
const PAUSE_SECONDS = 10;

/** Goes on in the background for as long as the ladder lives. */
export const adoptIncident = (escalation: Escalation, report: Report): void => {
  void ask(escalation, { ...report, ringing: workflowInfo().workflowId });
};

const ask = async (escalation: Escalation, report: Report): Promise<void> => {
  for (;;) {
    const found = await observeWithin(ASK_SECONDS)({ reports: [report] }).catch(() => undefined);
    if (!found) {
      await sleep(PAUSE_SECONDS * 1000, { summary: 'ask again whether Postgres is back' });
      continue;
    }
    const own = found.find(({ workflowId }) => workflowId === report.ringing);
    if (own) {
      escalation.adopt(own.incident);
      await markHandedOver({ number: own.number, seq: own.seq });
    } else {
      escalation.yieldTo(found[0]?.workflowId ?? 'the escalation that was told first');
    }
    return;
  }
};
