// Sentry's rate limits: `X-Sentry-Rate-Limits: 60:error;default:organization, 2700:transaction:project:reason`, on any
// status; without it a 429 counts for everything, as long as Retry-After says.
import { retryAfterMs } from '../../domain/http.ts';

/** What Sentry has a limit taken for where it does not say how long. */
const DEFAULT_MS = 60_000;

const waitOf = (limit: string, categories: readonly string[]): number | undefined => {
  const [seconds = '', named = ''] = limit.trim().split(':');
  if (seconds === '' && named === '') return undefined;
  const limits = named === '' ? categories : named.split(';').map((each) => each.trim());
  if (!limits.some((each) => categories.includes(each))) return undefined;
  return /^\d{1,9}(\.\d+)?$/.test(seconds) ? Number(seconds) * 1000 : DEFAULT_MS;
};

/** How long what belongs to these categories is not taken; undefined where it is, or for no time at all. */
export const limitMs = ({
  status,
  header,
  categories,
}: {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly categories: readonly string[];
}): number | undefined => {
  const limits = (header('x-sentry-rate-limits') ?? '').split(',');
  const longest = Math.max(0, ...limits.map((limit) => waitOf(limit, categories) ?? 0));
  if (longest > 0) return longest;
  return status === 429 ? (retryAfterMs(header('retry-after')) ?? DEFAULT_MS) : undefined;
};
