// `send`: one message to one target. Claim (refused once an acknowledgement is in force), send, receipt. A try that
// finds its own claim sends again under the same key; without Postgres it sends without rows, and says so.
import { performance } from 'node:perf_hooks';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import {
  type ClaimInput,
  type ClaimResult,
  claim,
  readThread,
  type Settlement,
  settle,
  unclaim,
} from '../../adapters/postgres/alerts/ladders.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { ChannelError } from '../../channels/channel.ts';
import type { Notification } from '../../domain/alerts/notification.ts';
import type { Target } from '../../domain/alerts/policy.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure, messageOf, sqlState } from '../failures.ts';

export interface SendInput {
  /** Missing while the incident has no number, because Postgres could not give one. */
  readonly number?: number;
  readonly wake: number;
  readonly target: Target;
  readonly notification: Notification;
  /** Instant of the wake by the workflow's clock. */
  readonly at: string;
}

export interface SendResult {
  readonly outcome: 'sent' | 'withdrawn' | 'dead';
  readonly channel: string;
  readonly error?: string;
  readonly withoutRows?: boolean;
}

/** Design §7: a provider that has not answered by then has not taken it for sure. */
const SEND_TIMEOUT_MS = 10_000;
/** After these tries the message goes to `log` instead and stays visible as a dead letter. */
const LAST_ATTEMPT = 6;

type Deps = Pick<Dependencies, 'databases' | 'channels' | 'ringAfterSeconds'>;

export const createSend =
  (dependencies: Deps) =>
  async (input: SendInput): Promise<SendResult> => {
    const { target, notification } = input;
    const claimed = await tryClaim(dependencies, input);
    if (claimed === 'withdrawn') return { outcome: 'withdrawn', channel: target.channel };
    if (claimed === 'settled') return { outcome: 'sent', channel: target.channel };
    const withoutRows = claimed === 'unreachable';
    const message = withoutRows ? { ...notification, stateStoreUnreachable: true } : notification;
    return deliver(dependencies, input, message, { again: claimed === 'again', withoutRows });
  };

interface Manner {
  readonly again: boolean;
  readonly withoutRows: boolean;
}

const deliver = async (
  { databases, channels }: Deps,
  input: SendInput,
  notification: Notification,
  { again, withoutRows }: Manner,
): Promise<SendResult> => {
  const { target, number } = input;
  const { channel } = target;
  const row = withoutRows || number === undefined ? undefined : claimInput(input, number);
  // The message is out, or is not: a row that cannot be written now must change neither.
  const settled = async (settlement: Settlement): Promise<void> => {
    if (row) await settle(databases.home, row, settlement).catch(() => {});
  };
  const retry = again || (withoutRows && Context.current().info.attempt > 1);
  // A thread is a courtesy: the first wake has none, and a message goes out without one when the row cannot be read.
  const thread = row && input.wake > 1 && (await readThread(databases.home, row).catch(() => undefined));
  try {
    const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
    const receipt = await channels.send({ target, notification, signal, retry, ...(thread && { thread }) });
    await settled({ state: 'sent', receipt });
    return { outcome: 'sent', channel, ...(withoutRows && { withoutRows }) };
  } catch (error) {
    const told = messageOf(error);
    if (!isLast(error)) {
      if (row && error instanceof ChannelError && !error.unclear)
        await unclaim(databases.home, row).catch(() => {});
      throw retryable(error);
    }
    // First: whoever finds the row settled tells nobody any more.
    await channels.sendInstead({ target, notification, error: told });
    await settled({ state: 'dead', error: told });
    return { outcome: 'dead', channel, error: told };
  }
};

const isLast = (error: unknown): boolean =>
  (error instanceof ChannelError && !error.recoverable) || Context.current().info.attempt >= LAST_ATTEMPT;

const retryable = (error: unknown): ApplicationFailure => {
  const retryAfterMs = error instanceof ChannelError ? error.retryAfterMs : undefined;
  return ApplicationFailure.create({
    type: FAILURE_TYPES.sendFailed,
    message: messageOf(error),
    ...(retryAfterMs !== undefined && { nextRetryDelay: retryAfterMs }),
  });
};

const claimInput = ({ wake, target, notification, at }: SendInput, number: number): ClaimInput => ({
  number,
  wake,
  ...target,
  tier: notification.tier,
  key: notification.key,
  at,
});

/** Waits for Postgres as long as it is fair to let a person sleep, then goes on without it. */
const tryClaim = async (
  { databases, ringAfterSeconds }: Deps,
  input: SendInput,
): Promise<ClaimResult | 'unreachable'> => {
  const { number } = input;
  if (number === undefined) return 'unreachable';
  const until = performance.now() + ringAfterSeconds * 1000;
  for (;;) {
    Context.current().heartbeat();
    try {
      return await inTransaction(databases.home, (tx) => claim(tx, claimInput(input, number)));
    } catch (error) {
      if (sqlState(error) === undefined)
        throw failure(FAILURE_TYPES.sendFailed, messageOf(error), { cause: error, final: false });
      if (performance.now() > until) return 'unreachable';
      await Context.current().sleep(1_000);
    }
  }
};
