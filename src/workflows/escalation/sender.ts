// Sends what a wake says, of escalations that began with v 1: a slow channel never holds up a timer or another
// channel. What is not claimed yet can be withdrawn. New ones have delivery.ts.
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import { composeNotification } from '../../domain/alerts/compose.ts';
import type { Told } from '../../domain/alerts/escalation.ts';
import type { LadderState, Wake } from '../../domain/alerts/ladder.ts';
import { formatTarget, type Target } from '../../domain/alerts/policy.ts';
import { resolveTargets, send } from '../proxies.ts';

export interface Sender {
  readonly tell: (wake: Wake) => void;
  readonly withdraw: () => void;
  readonly busy: () => boolean;
}

interface SenderInput {
  readonly incident: () => IncidentState;
  readonly ladder: () => LadderState;
  readonly onTold: (told: Told) => void;
}

export const createSender = ({ incident, ladder, onTold }: SenderInput): Sender => {
  let scope = new CancellationScope();
  let busy = 0;

  const sendTo = async (wake: Wake, target: Target, at: string): Promise<void> => {
    const { policy, number } = incident();
    if (!policy) return;
    const told = { wake: wake.wake, tier: wake.tier.name, ...target, at };
    onTold({ ...told, outcome: 'sending' });
    const notification = composeNotification({
      incident: incident(),
      policy,
      ladder: ladder(),
      wake,
      target,
    });
    try {
      const { outcome } = await send.executeWithOptions(
        { summary: `wake ${wake.wake}: ${wake.tier.name} → ${formatTarget(target)}` },
        [{ ...(number > 0 && { number }), wake: wake.wake, target, notification, at }],
      );
      // Overtaken is only what names its execution, which these do not.
      onTold({ ...told, outcome: outcome === 'overtaken' ? 'withdrawn' : outcome });
    } catch (error) {
      onTold({ ...told, outcome: isCancellation(error) ? 'withdrawn' : 'dead' });
    }
  };

  const tellAll = async (wake: Wake): Promise<void> => {
    const at = new Date(Date.now()).toISOString();
    const { policy } = incident();
    const targets = await resolveTargets({ names: wake.tier.notify, people: policy?.people ?? {} });
    await Promise.all(targets.map((target) => sendTo(wake, target, at)));
  };

  return {
    tell: (wake) => {
      busy += 1;
      void scope
        .run(() => tellAll(wake))
        // Only a withdrawal while the names were being resolved ends here; nothing was sent then.
        .catch(() => {})
        .finally(() => {
          busy -= 1;
        });
    },
    withdraw: () => {
      scope.cancel();
      scope = new CancellationScope();
    },
    busy: () => busy > 0,
  };
};
