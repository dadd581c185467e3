// One try at a message that may go out, and what follows: a receipt, another try, the fallback, or a dead letter.
import { performance } from 'node:perf_hooks';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type Claimed, type MessageId, putBack, settle } from '../../adapters/postgres/alerts/outbox.ts';
import { ChannelError } from '../../channels/channel.ts';
import { ELSEWHERE_AFTER, judgeFailure, waitAfter } from '../../domain/alerts/delivery.ts';
import type { Notification } from '../../domain/alerts/notification.ts';
import type { Target } from '../../domain/alerts/policy.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { Dependencies } from '../dependencies.ts';
import { messageOf } from '../failures.ts';

export interface SendResult {
  /** `overtaken`: another execution has gone on from a newer state; nothing was sent. */
  readonly outcome: 'sent' | 'withdrawn' | 'dead' | 'overtaken';
  readonly channel: string;
  readonly error?: string;
  readonly withoutRows?: boolean;
}

/** Design §7: a provider that has not answered by then has not taken it for sure. */
const SEND_TIMEOUT_MS = 10_000;

type Deps = Pick<Dependencies, 'databases' | 'channels'>;

export interface Delivery {
  readonly target: Target;
  readonly notification: Notification;
  /** Missing where there are no rows. */
  readonly row?: MessageId;
  readonly claimed: Pick<Claimed, 'again' | 'failures' | 'ageSeconds'> & Partial<Claimed>;
}

/** Rejects where it is to be tried again, and says after how long. */
export const deliver = async (deps: Deps, delivery: Delivery): Promise<SendResult> => {
  const { target, notification, row, claimed } = delivery;
  const { again: retry, thread, dedupKey, openKeys, first = false } = claimed;
  const more = { ...(thread && { thread }), ...(dedupKey && { dedupKey }), ...(openKeys && { openKeys }) };
  try {
    const signal = AbortSignal.timeout(SEND_TIMEOUT_MS);
    const receipt = await deps.channels.send({ target, notification, signal, retry, ...more });
    // The message is out: a row that cannot be written now must not send it again.
    if (row) await patiently(() => settle(deps.databases.home, row, { state: 'sent', receipt, first }));
    return { outcome: 'sent', channel: target.channel, ...(!row && { withoutRows: true }) };
  } catch (error) {
    return failed(deps, delivery, error);
  }
};

/** Longer than most failovers. Whatever is not written by then stays claimed, which the figure `stuck` tells. */
const RECEIPT_PATIENCE_MS = 60_000;

const patiently = async (write: () => Promise<unknown>): Promise<void> => {
  const until = performance.now() + RECEIPT_PATIENCE_MS;
  for (;;) {
    try {
      await write();
      return;
    } catch {
      if (performance.now() > until) return;
      const shutDown = await Context.current()
        .sleep(1_000)
        .then(
          () => false,
          () => true,
        );
      if (shutDown) return;
    }
  }
};

const failed = async (
  { databases, channels }: Deps,
  { target, notification, row, claimed }: Delivery,
  thrown: unknown,
): Promise<SendResult> => {
  const error = messageOf(thrown);
  const known = thrown instanceof ChannelError ? thrown : undefined;
  const failures = claimed.failures + 1;
  const waitMs = waitAfter(failures, known?.retryAfterMs);
  const final = known !== undefined && !known.recoverable;
  const verdict = judgeFailure({ final, failures, ageSeconds: claimed.ageSeconds, waitMs });
  // First: whoever finds the row settled tells nobody any more. Once: what went on being tried has been told.
  const tells = verdict === 'elsewhere' || (verdict === 'dead' && failures <= ELSEWHERE_AFTER);
  if (tells) await channels.sendInstead({ target, notification, error });
  if (verdict === 'dead') {
    if (row) await settle(databases.home, row, { state: 'dead', error, notification }).catch(() => {});
    return { outcome: 'dead', channel: target.channel, error };
  }
  const clear = known !== undefined && !known.unclear;
  if (row) await putBack(databases.home, row, { clear, error }).catch(() => {});
  throw tryAgain(error, waitMs);
};

/** Has Temporal try the same message again after exactly so long. */
export const tryAgain = (message: string, waitMs: number): ApplicationFailure =>
  ApplicationFailure.create({ type: FAILURE_TYPES.sendFailed, message, nextRetryDelay: Math.max(1, waitMs) });

/** What is known of a message without rows: only the tries that Temporal counts. */
export const withoutRows = (): Delivery['claimed'] => {
  const { attempt, scheduledTimestampMs } = Context.current().info;
  const ageSeconds = Math.max(0, (Date.now() - scheduledTimestampMs) / 1000);
  return { again: attempt > 1, failures: attempt - 1, ageSeconds };
};
