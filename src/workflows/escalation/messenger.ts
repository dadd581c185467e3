// Sends one message and says what became of it. Once begun it is waited for: only what nobody has claimed is withdrawn.
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { LadderPosition } from '../../adapters/postgres/alerts/ladders.ts';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import type { Told } from '../../domain/alerts/escalation.ts';
import type { Notification } from '../../domain/alerts/notification.ts';
import { formatTarget, type Target } from '../../domain/alerts/policy.ts';
import { baseKey } from '../../domain/alerts/provider-key.ts';
import { sendMessage } from '../proxies.ts';

/** As `send` takes it. */
interface Message {
  readonly wake: number;
  readonly target: Target;
  readonly notification: Notification;
  /** Instant of the wake. */
  readonly at: string;
  readonly position: LadderPosition;
  readonly plan?: readonly Target[];
  readonly moreKeys?: readonly string[];
  readonly resumed?: boolean;
}

/** True where another execution has written the row since, so that nothing was sent. */
export type Send = (message: Message) => Promise<boolean>;

interface MessengerInput {
  readonly incident: () => IncidentState;
  readonly onTold: (told: Told) => void;
}

export const createMessenger =
  ({ incident, onTold }: MessengerInput): Send =>
  async ({ position, ...message }) => {
    const { wake, target, notification, at } = message;
    const { status, tier } = notification;
    const told = { wake, tier, ...target, at, ...(status && status !== 'firing' && { status }) };
    onTold({ ...told, outcome: 'sending' });
    const { number } = incident();
    try {
      const { outcome, withoutRows } = await sendMessage.executeWithOptions(
        { summary: `wake ${wake}: ${tier} → ${formatTarget(target)}` },
        [{ ...message, ...(number > 0 && { number, position }), baseKey: baseKey(incident()) }],
      );
      const overtaken = outcome === 'overtaken';
      const key = withoutRows && { key: notification.key };
      onTold({ ...told, ...key, outcome: overtaken ? 'withdrawn' : outcome });
      return overtaken;
    } catch (error) {
      const withdrawn = isCancellation(error) || CancellationScope.current().consideredCancelled;
      onTold({ ...told, outcome: withdrawn ? 'withdrawn' : 'dead' });
      return false;
    }
  };

/** Work in the background that can be called off as a whole, and begun anew. */
export interface Background {
  readonly run: (work: () => Promise<void>) => void;
  readonly cancel: () => void;
  readonly busy: () => boolean;
}

export const createBackground = (): Background => {
  let scope = new CancellationScope();
  let running = 0;
  return {
    run: (work) => {
      running += 1;
      void scope
        .run(work)
        // Only what was called off before anything was sent ends here.
        .catch(() => {})
        .finally(() => {
          running -= 1;
        });
    },
    cancel: () => {
      scope.cancel();
      scope = new CancellationScope();
    },
    busy: () => running > 0,
  };
};
