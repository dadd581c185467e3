// Goes on from where the rows say that an earlier execution had come: messages that it had begun are made sure of, and
// one that began from an older state takes up the newer one.
import { workflowInfo } from '@temporalio/workflow';
import type { Unsent } from '../../adapters/postgres/alerts/told-targets.ts';
import { takeNumber, type Wake } from '../../domain/alerts/ladder.ts';
import type { PolicySnapshot, Target } from '../../domain/alerts/policy.ts';
import { loadLadder, loadUnsent } from '../proxies.ts';
import type { Escalation } from './escalation-state.ts';
import type { News } from './news.ts';

/** Messages without an outcome, in the background: whoever has had them already is told nothing. */
export const resumeUnsent = async (escalation: Escalation): Promise<void> => {
  const { incident, ladder, delivery, row } = escalation;
  const unsent = await loadUnsent({ number: incident().number }).catch(() => []);
  const { policy } = incident();
  if (!policy) return;
  for (const [wake, messages] of byWake(unsent)) {
    const [{ status, tier }] = messages;
    const targets: readonly Target[] = messages.map(({ channel, address }) => ({ channel, address }));
    if (status === 'firing') {
      if (ladder().status === 'open')
        delivery.resumePages(wakeOf(policy, wake, tier), targets, row.position());
    } else if (ladder().status === status) {
      delivery.resumeNotice(status, { wake, position: row.position() }, targets);
    }
  }
};

const byWake = (unsent: readonly Unsent[]): ReadonlyMap<number, readonly [Unsent, ...Unsent[]]> => {
  const all = new Map<number, [Unsent, ...Unsent[]]>();
  for (const each of unsent) {
    const known = all.get(each.wake);
    if (known) known.push(each);
    else all.set(each.wake, [each]);
  }
  return all;
};

const wakeOf = ({ tiers }: PolicySnapshot, wake: number, name: string): Wake => ({
  wake,
  tier: tiers.find((tier) => tier.name === name) ?? { name, afterSeconds: 0, notify: [] },
  reason: 'due',
});

/** Answers a send that found newer rows than this execution began from. */
export const handleOvertaken = (escalation: Escalation, news: News): void => {
  let catching: Promise<void> | undefined;

  const catchUp = async (refused: Wake | undefined): Promise<void> => {
    const { incident, ladder } = escalation;
    const stored = await loadLadder({ number: incident().number }).catch(() => null);
    if (!stored) return;
    const { workflowId, firstExecutionRunId } = workflowInfo();
    if (stored.workflowId !== workflowId) return escalation.yieldTo(stored.workflowId);
    if (stored.run !== firstExecutionRunId) {
      news.goOn(stored);
      return resumeUnsent(escalation);
    }
    // The row is this execution's, the number was another's: told under the next one that nobody had.
    const lastWake = Math.max(ladder().lastWake, stored.lastWake ?? 0);
    const { state, wake } = takeNumber({ ...ladder(), lastWake });
    if (refused && ladder().status === 'open') escalation.take({ state, wake: { ...refused, wake } });
  };

  escalation.onOvertaken((refused) => {
    catching ??= catchUp(refused).finally(() => {
      catching = undefined;
    });
  });
};
