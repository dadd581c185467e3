// When a message is given up, and what may be sent how fast. Pure: rows and channels are asked by who sends.

/** A page is worth sending for so long; whatever comes after it has long been told by the tiers that follow. */
export const EXPIRES_SECONDS = 3_600;
/** After so many failures it is told elsewhere as well, while it goes on being tried. */
export const ELSEWHERE_AFTER = 6;

/** `later`: tried again; `elsewhere`: the same, and told to the fallback now; `dead`: given up. */
export type Verdict = 'later' | 'elsewhere' | 'dead';

export interface Failed {
  /** Somebody must change something first. */
  readonly final: boolean;
  /** With this one. */
  readonly failures: number;
  readonly ageSeconds: number;
  readonly waitMs: number;
}

/** What follows a try that failed. A wait that ends after the message has expired is not begun. */
export const judgeFailure = ({ final, failures, ageSeconds, waitMs }: Failed): Verdict => {
  if (final || ageSeconds + waitMs / 1000 >= EXPIRES_SECONDS) return 'dead';
  return failures === ELSEWHERE_AFTER ? 'elsewhere' : 'later';
};

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;

/** Exactly what the provider asks for; else 2, 4, 8 … 60 seconds. */
export const waitAfter = (failures: number, retryAfterMs: number | undefined): number =>
  retryAfterMs ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, failures - 1));

/** Messages a second that a provider takes of all workers together: of each address, or of the channel as a whole. */
const LIMITS: Readonly<Record<string, { readonly perSecond: number; readonly of: 'address' | 'channel' }>> = {
  slack: { perSecond: 1, of: 'address' },
  email: { perSecond: 1, of: 'channel' },
  pagerduty: { perSecond: 2, of: 'address' },
};

/** Undefined where a channel takes what it is given. */
export const limitOf = (
  channel: string,
  address: string,
): { readonly target: string; readonly perSecond: number } | undefined => {
  const limit = LIMITS[channel];
  if (!limit) return undefined;
  return { target: limit.of === 'address' ? `${channel}:${address}` : channel, perSecond: limit.perSecond };
};
