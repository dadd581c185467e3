// `send`: one message to one target. Claim (refused once an acknowledgement is in force), send, receipt. A try that
// finds its own claim sends again under the same key; without Postgres it sends without rows, and says so.
import { Context } from '@temporalio/activity';
import type { LadderPosition } from '../../adapters/postgres/alerts/ladders.ts';
import type { ClaimInput } from '../../adapters/postgres/alerts/outbox.ts';
import type { Rate } from '../../adapters/postgres/alerts/send-rate.ts';
import type { Notification } from '../../domain/alerts/notification.ts';
import { formatTarget, type Target } from '../../domain/alerts/policy.ts';
import { foldsByKey } from '../../domain/alerts/provider-key.ts';
import type { Dependencies } from '../dependencies.ts';
import { keepBeating } from '../keep-beating.ts';
import { claimMessage } from './claim-message.ts';
import { deliver, type SendResult, tryAgain, withoutRows } from './deliver.ts';

export type { SendResult } from './deliver.ts';

export interface SendInput {
  /** Missing while the incident has no number, because Postgres could not give one. */
  readonly number?: number;
  readonly wake: number;
  readonly target: Target;
  readonly notification: Notification;
  /** Instant of the wake by the workflow's clock. */
  readonly at: string;
  /** Where the ladder stands with this wake: written with the claim, so that a page costs no other activity. */
  readonly position?: LadderPosition;
  /** Everybody whom the wake names, where they are several. */
  readonly plan?: readonly Target[];
  /** What the provider's key is made of, where it folds by key. */
  readonly baseKey?: string;
  /** Keys that went out without rows, which a notice must end too. */
  readonly moreKeys?: readonly string[];
  /** An earlier execution had begun this message. */
  readonly resumed?: boolean;
}

type Deps = Pick<Dependencies, 'databases' | 'channels' | 'ringAfterSeconds'>;

/** A shorter wait is slept through, a longer one gives the worker's slot back. */
const SLEEPS_MS = 2_000;

export const createSend =
  (dependencies: Deps) =>
  (input: SendInput): Promise<SendResult> =>
    keepBeating(() => sendOnce(dependencies, input));

const sendOnce = async (dependencies: Deps, input: SendInput): Promise<SendResult> => {
  const { target, notification, number, moreKeys = [] } = input;
  const { channel } = target;
  const row = number === undefined ? undefined : claimInput(dependencies, input, number);
  const claimed = row ? await claimInTurn(dependencies, row, input.position) : 'unreachable';
  if (claimed === 'unreachable') {
    const message = { ...notification, stateStoreUnreachable: true };
    const keys = moreKeys.length > 0 && { openKeys: moreKeys };
    const known = { ...withoutRows(), ...keys };
    return deliver(dependencies, { target, notification: message, claimed: known });
  }
  if (claimed.may === 'settled') return { outcome: 'sent', channel };
  if (claimed.may !== 'send') return { outcome: claimed.may, channel };
  const openKeys = [...(claimed.openKeys ?? []), ...moreKeys];
  const more = openKeys.length > 0 && { openKeys };
  return deliver(dependencies, {
    target,
    notification,
    ...(row && { row }),
    claimed: { ...claimed, ...more },
  });
};

/** Waits for its turn at a target that takes only so many, here or by being tried again. */
const claimInTurn = async (deps: Deps, row: ClaimInput, position: LadderPosition | undefined) => {
  for (;;) {
    const claimed = await claimMessage(deps, row, position);
    if (claimed === 'unreachable' || claimed.may !== 'wait') return claimed;
    const { waitMs } = claimed;
    if (waitMs > SLEEPS_MS) throw tryAgain(`${formatTarget(row)}: waits for its turn`, waitMs);
    await Context.current().sleep(waitMs);
  }
};

const claimInput = ({ channels }: Deps, input: SendInput, number: number): ClaimInput => {
  const { wake, target, notification, at, position, plan, baseKey, resumed } = input;
  const limit = channels.limit?.(target);
  const rate: Rate | undefined = limit && { ...limit, urgent: notification.severity === 'critical' };
  return {
    number,
    wake,
    ...target,
    tier: notification.tier,
    key: notification.key,
    at,
    ...(notification.status !== undefined && { status: notification.status }),
    ...(position?.run !== undefined && { run: position.run }),
    ...(plan && { plan }),
    ...(baseKey !== undefined && foldsByKey(target.channel) && { baseKey }),
    ...(rate && { rate }),
    ...(resumed && { resumed }),
  };
};
