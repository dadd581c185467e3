// What an escalation's ladder makes of being delivered: pages and notices, in the background, and what is to follow
// where a wake reached nobody or another execution has gone on meanwhile. Escalations of v 1 go on as they began.
import { log } from '@temporalio/workflow';
import type { LadderPosition } from '../../adapters/postgres/alerts/ladders.ts';
import type { IncidentState } from '../../domain/alerts/alert.ts';
import type { EscalationInput, Told } from '../../domain/alerts/escalation.ts';
import {
  hold,
  type LadderState,
  passEmpty,
  type Step,
  takeNumber,
  type Wake,
} from '../../domain/alerts/ladder.ts';
import { createMessenger } from './messenger.ts';
import { createNotices, type Notices } from './notices.ts';
import { createPages, type Pages, type Unmet } from './pages.ts';
import { createSender } from './sender.ts';

export interface Delivery {
  readonly tell: Pages['tell'];
  readonly resumePages: Pages['resume'];
  /** Tells whoever was told; `resumeNotice` makes sure of one that an earlier execution had begun. */
  readonly notify: Notices['notify'];
  readonly resumeNotice: Notices['resume'];
  /** Stops pages that are not claimed yet. */
  readonly withdraw: () => void;
  readonly busy: () => boolean;
  readonly asked: Pages['asked'];
}

interface DeliveryInput {
  readonly incident: () => IncidentState;
  readonly ladder: () => LadderState;
  readonly told: readonly Told[];
  readonly onTold: (told: Told) => void;
  readonly setLadder: (ladder: LadderState) => void;
  readonly position: () => LadderPosition;
  /** Takes a step that follows from what came of a wake. */
  readonly take: (step: Step) => void;
  readonly onOvertaken: (wake?: Wake) => void;
}

const createDelivery = (input: DeliveryInput): Delivery => {
  const { incident, ladder, told, onTold, setLadder, position, take, onOvertaken } = input;
  const send = createMessenger({ incident, onTold });

  const onUnmet = (wake: Wake, unmet: Unmet): void => {
    const before = ladder();
    const { policy, id } = incident();
    const atMs = Date.now();
    if (unmet.what === 'held') {
      const { reason, until } = unmet.hold;
      const untilMs = until === undefined ? undefined : Date.parse(until);
      const state = hold(before, { wake, reason, atMs, ...(untilMs !== undefined && { untilMs }) });
      if (state !== before) take({ state });
      return;
    }
    log.warn('a tier leads to nobody and is passed', {
      incident: id,
      tier: wake.tier.name,
      names: wake.tier.notify,
    });
    const step = policy ? passEmpty(policy, before, { wake, atMs }) : { state: before };
    if (step.state !== before) take(step);
  };

  const pages = createPages({ incident, ladder, send, onUnmet, onOvertaken });
  const notices = createNotices({
    incident,
    ladder,
    told,
    send,
    paging: pages.busy,
    number: (status) => {
      if (ladder().status !== status) return undefined;
      const { state, wake } = takeNumber(ladder());
      setLadder(state);
      return { wake, position: position() };
    },
    onOvertaken: () => onOvertaken(),
  });

  return {
    tell: pages.tell,
    resumePages: pages.resume,
    notify: notices.notify,
    resumeNotice: notices.resume,
    withdraw: pages.withdraw,
    busy: () => pages.busy() || notices.busy(),
    asked: pages.asked,
  };
};

/** By the version that the escalation began with. */
export const createDeliveryOf = (v: EscalationInput['v'], input: DeliveryInput): Delivery =>
  v === 1 ? createFirstDelivery(input) : createDelivery(input);

/** As it was before: sends know nothing of the ladder, and nobody hears that it is over. */
const createFirstDelivery = (input: Pick<DeliveryInput, 'incident' | 'ladder' | 'onTold'>): Delivery => ({
  ...createSender(input),
  resumePages: () => {},
  notify: () => {},
  resumeNotice: () => {},
  asked: async () => {},
});
