// One event to PagerDuty, and what its answer means. 202 says that the event is queued, nothing more: whether somebody
// was woken shows in the acknowledgement alone.
import { ChannelError } from '../channel.ts';
import { call } from '../http.ts';
import { statusError } from '../http-status.ts';
import { objectIn, shownReason } from '../reasons.ts';

/** PagerDuty's limits change with its load; it asks for "a few minutes" and most often names no number. */
const FIRST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 10 * 60_000;

interface PagerDutyEvent {
  readonly routingKey: string;
  /** Variable that the key came from. */
  readonly setting: string;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** Resolves with the key that PagerDuty gave the alert, where it says one; rejects with ChannelError. */
export type PagerDutyApi = (event: PagerDutyEvent) => Promise<string | undefined>;

export const createPagerDutyApi = (apiUrl: string): PagerDutyApi => {
  /** How often in a row each key was told to wait. */
  const throttled = new Map<string, number>();
  const waitMs = (routingKey: string): number => {
    const before = throttled.get(routingKey) ?? 0;
    throttled.set(routingKey, before + 1);
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** before);
  };
  return async ({ routingKey, setting, body, signal }) => {
    const answer = await call({
      provider: 'PagerDuty',
      setting: 'PAGERDUTY_API_URL',
      url: apiUrl,
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'sexton' },
      body,
      signal,
      readsBody: true,
    });
    const { status } = answer;
    if (status === 429) {
      const grown = waitMs(routingKey);
      const retryAfterMs = answer.retryAfterMs ?? grown;
      throw statusError({ provider: 'PagerDuty', setting }, { status, retryAfterMs });
    }
    throttled.delete(routingKey);
    const told = objectIn(answer.body);
    if (status === 202) return typeof told['dedup_key'] === 'string' ? told['dedup_key'] : undefined;
    if (status === 400) {
      const errors: readonly unknown[] = Array.isArray(told['errors']) ? told['errors'] : [];
      const reason = shownReason(errors.length > 0 ? errors : [told['message']], [routingKey]);
      throw new ChannelError(
        `PagerDuty refused the event (${reason || 'no reason given'}); check ${setting}`,
        {
          recoverable: false,
        },
      );
    }
    if (status >= 200 && status < 300) {
      throw new ChannelError(`PagerDuty answered ${status}, not 202; check PAGERDUTY_API_URL`, {
        recoverable: false,
      });
    }
    throw statusError({ provider: 'PagerDuty', setting }, answer);
  };
};
