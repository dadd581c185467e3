// Opens many escalations as the product does: observed through the door, then handed over from outside a workflow.
import { readWaitingHandOvers } from '../../src/adapters/postgres/alerts/hand-overs.ts';
import { markHandedOver } from '../../src/adapters/postgres/alerts/incidents.ts';
import { tellEscalation } from '../../src/adapters/temporal/start-escalation.ts';
import type { HandOver, Report } from '../../src/domain/alerts/alert.ts';
import { atOnce } from '../shared/at-once.ts';
import type { Ground } from './ground.ts';

/** An escalation that was started. */
export interface Opened {
  readonly id: string;
  readonly number: number;
  readonly workflowId: string;
  readonly rule: string;
  /** From here the ladder counts, Unix milliseconds. */
  readonly firedAt: number;
  /** When its start was asked for. */
  readonly askedAt: number;
}

/** Above any flood. */
const ALL = 1_000_000;

/** Seconds that the door took for all of them together. */
export const evaluate = async ({ observe }: Ground, reports: readonly Report[]): Promise<number> => {
  const from = performance.now();
  await observe({ reports });
  return (performance.now() - from) / 1000;
};

/** Hands over everything that nobody was told of yet, as reconcile does but many at a time. */
export const handOverAll = async (
  { client, databases }: Ground,
  concurrency: number,
): Promise<readonly Opened[]> => {
  const opened: Opened[] = [];
  const tell = async (each: HandOver): Promise<void> => {
    const askedAt = Date.now();
    await tellEscalation(client, each);
    await markHandedOver(databases.home, each.number, each.seq);
    const { id, number, firstFiredAt } = each.incident;
    const [, rule = ''] = id.split('/');
    opened.push({
      id,
      number,
      workflowId: each.workflowId,
      rule,
      firedAt: Date.parse(firstFiredAt),
      askedAt,
    });
  };
  const waiting = await readWaitingHandOvers(databases.home, { waitedSeconds: 0, above: 0, most: ALL });
  await atOnce(waiting, concurrency, tell);
  return opened;
};

/** Ends the workflows and forgets the alerts, so that the next round finds what the first one found. */
export const clearAway = async (
  { client, connected }: Ground,
  workflowIds: readonly string[],
): Promise<void> => {
  await atOnce(workflowIds, 50, (id) =>
    client.workflow
      .getHandle(id)
      .terminate('the round is over')
      .catch(() => {}),
  );
  await connected('sexton', (db) => db.query('TRUNCATE sexton.incident, sexton.alert_state CASCADE'));
};
