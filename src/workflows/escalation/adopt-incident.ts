// A ladder that rings without Postgres asks the door until it answers, and then becomes the incident's own, unless
// another ladder was told of it first.
import { sleep, workflowInfo } from '@temporalio/workflow';
import type { Report } from '../../domain/alerts/alert.ts';
import { markHandedOver, observeWithin } from '../proxies.ts';
import type { Escalation } from './escalation-state.ts';
import type { News } from './news.ts';

/** The door is asked for this long at a time, and again after a pause. */
const ASK_SECONDS = 20;
const PAUSE_SECONDS = 10;

/** Goes on in the background for as long as the ladder lives. */
export const adoptIncident = (escalation: Escalation, news: News, report: Report): void => {
  void ask(escalation, news, { ...report, ringing: workflowInfo().workflowId });
};

const ask = async (escalation: Escalation, news: News, report: Report): Promise<void> => {
  const isAdopted = (): boolean => escalation.incident().number > 0;
  for (;;) {
    // As bad as it is by now, not as it was when the ladder began.
    const { firing } = escalation.incident();
    const found = await observeWithin(ASK_SECONDS)({ reports: [{ ...report, firing }] }).catch(
      () => undefined,
    );
    // The run itself, or reconcile, may have been first to tell this ladder of its incident.
    if (isAdopted()) return;
    if (!found) {
      await sleep(PAUSE_SECONDS * 1000, { summary: 'ask again whether Postgres is back' });
      continue;
    }
    const own = found.find(({ workflowId }) => workflowId === report.ringing);
    if (!own) return escalation.yieldTo('the escalation that was told first');
    news.observe(own.incident);
    // What is not marked is told again by reconcile, which changes nothing.
    await markHandedOver({ number: own.number, seq: own.seq }).catch(() => {});
    return;
  }
};
