// Pages: whom a wake reaches is asked as it comes, and everybody is told at once, in the background. A slow channel
// never holds up a timer or another channel.
import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import type { WhomToWake } from '../../activities/alerts/whom-to-wake.ts';
import type { LadderPosition } from '../../adapters/postgres/alerts/ladders.ts';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import { composeNotification } from '../../domain/alerts/compose.ts';
import { isByHand, type LadderState, shownSeverity, type Wake } from '../../domain/alerts/ladder.ts';
import { parseTarget, type Target } from '../../domain/alerts/policy.ts';
import { whomToWake } from '../proxies.ts';
import { type Background, createBackground, type Send } from './messenger.ts';

/** Why a wake reached nobody. */
export type Unmet =
  | { readonly what: 'held'; readonly hold: NonNullable<WhomToWake['hold']> }
  | { readonly what: 'empty' };

export interface Pages {
  /** `position` is where the ladder stands with this wake: written with its first claim. */
  readonly tell: (wake: Wake, position: LadderPosition) => void;
  /** Makes sure of messages that an earlier execution had begun. */
  readonly resume: (wake: Wake, targets: readonly Target[], position: LadderPosition) => void;
  readonly withdraw: () => void;
  readonly busy: Background['busy'];
  /** Until it is known whom the wakes reach. A timer that is started before then begins that much too late. */
  readonly asked: () => Promise<void>;
}

interface PagesInput {
  readonly incident: () => IncidentState;
  readonly ladder: () => LadderState;
  readonly send: Send;
  readonly onUnmet: (wake: Wake, unmet: Unmet) => void;
  /** Another execution has written the row since; `wake` was told to nobody. */
  readonly onOvertaken: (wake?: Wake) => void;
}

export const createPages = ({ incident, ladder, send, onUnmet, onOvertaken }: PagesInput): Pages => {
  const background = createBackground();
  let asking = 0;

  const whom = async (wake: Wake): Promise<WhomToWake> => {
    asking += 1;
    try {
      return await ask(incident(), ladder(), wake);
    } finally {
      asking -= 1;
    }
  };

  const page = async (wake: Wake, position: LadderPosition, reached: Reached): Promise<void> => {
    const { policy } = incident();
    if (!policy) return;
    const { targets, empty, resumed } = reached;
    const at = new Date(Date.now()).toISOString();
    const common = { incident: incident(), policy, ladder: ladder(), wake, empty };
    const more = {
      ...(targets.length > 1 && !resumed && { plan: targets }),
      ...(resumed && { resumed }),
    };
    const overtaken = await Promise.all(
      targets.map((target) => {
        const notification = composeNotification({ ...common, target });
        return send({ wake: wake.wake, target, notification, position, at, ...more });
      }),
    );
    if (overtaken.includes(true)) onOvertaken(resumed ? undefined : wake);
  };

  const tell = async (wake: Wake, position: LadderPosition): Promise<void> => {
    const { targets, empty, hold } = await whom(wake);
    // Withdrawn while it was being asked: whoever answered is not paged.
    if (CancellationScope.current().consideredCancelled) return;
    const { tier } = wake;
    if (empty.length > 0)
      log.warn('nobody behind a name of a tier', { incident: incident().id, tier: tier.name, names: empty });
    if (hold) onUnmet(wake, { what: 'held', hold });
    else if (targets.length === 0) onUnmet(wake, { what: 'empty' });
    else await page(wake, position, { targets, empty });
  };

  return {
    tell: (wake, position) => background.run(() => tell(wake, position)),
    resume: (wake, targets, position) =>
      background.run(() => page(wake, position, { targets, empty: [], resumed: true })),
    withdraw: background.cancel,
    busy: background.busy,
    asked: () => condition(() => asking === 0),
  };
};

interface Reached extends Pick<WhomToWake, 'targets' | 'empty'> {
  readonly resumed?: boolean;
}

/** Beside the workflow; where nobody can be asked, as the policy's snapshot has them, and nothing holds. */
const ask = async (
  { number, policy }: IncidentState,
  ladder: LadderState,
  { tier, reason }: Wake,
): Promise<WhomToWake> => {
  const { people = {}, quietHours } = policy ?? {};
  try {
    return await whomToWake({
      ...(number > 0 && { number }),
      at: new Date(Date.now()).toISOString(),
      names: tier.notify,
      people,
      severity: shownSeverity(ladder),
      ...(quietHours && { quietHours }),
      ...(isByHand(reason) && { byHand: true }),
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const texts = tier.notify.flatMap((name) => people[name] ?? [name]);
    return { targets: [...new Set(texts)].map(parseTarget), empty: [] };
  }
};
