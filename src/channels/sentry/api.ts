// One envelope to Sentry, and what its answer means. Sentry drops what comes while a limit holds, and announces limits
// on any status, 200 too; so an answer that names one is no confirmation.
import { createHash } from 'node:crypto';
import type { SentryDsn } from '../../domain/alerts/sentry-dsn.ts';
import { ChannelError } from '../channel.ts';
import { type Answer, call } from '../http.ts';
import { statusError } from '../http-status.ts';
import { objectIn, shownReason } from '../reasons.ts';
import { limitMs } from './limits.ts';

export interface SentryItem {
  readonly type: 'event' | 'check_in';
  readonly body: object;
  /** What Sentry counts it as where it limits. */
  readonly categories: readonly string[];
}

/** Resolves with the id under which Sentry took it; rejects with ChannelError. */
export type SentryApi = (item: SentryItem, signal: AbortSignal) => Promise<string | undefined>;

/** 32 hexadecimal digits that are a UUID (version 8) and follow from the text alone. */
export const idOf = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32);
  return `${hex.slice(0, 12)}8${hex.slice(13, 16)}8${hex.slice(17)}`;
};

/** One item in the format of Sentry's envelopes: a line each of headers, then as many bytes as they say. */
export const envelope = ({ type, body }: Pick<SentryItem, 'type' | 'body'>): string => {
  const payload = JSON.stringify(body);
  const eventId = 'event_id' in body ? { event_id: body.event_id } : {};
  const lines = [
    { ...eventId, sent_at: new Date().toISOString() },
    { type, length: Buffer.byteLength(payload), content_type: 'application/json' },
  ];
  return `${lines.map((line) => `${JSON.stringify(line)}\n`).join('')}${payload}\n`;
};

const authHeader = ({ publicKey, secretKey }: SentryDsn): string =>
  `Sentry sentry_version=7, sentry_client=sexton/1, sentry_key=${publicKey}` +
  (secretKey === undefined ? '' : `, sentry_secret=${secretKey}`);

const SENTRY = { provider: 'Sentry', setting: 'SENTRY_DSN' } as const;

/** Statuses whose body says why. */
const REFUSALS: readonly number[] = [400, 401, 403, 404, 413];

const refusal = ({ status, body }: Answer, { publicKey, secretKey = '' }: SentryDsn): ChannelError => {
  const { detail, causes } = objectIn(body);
  const because: readonly unknown[] = Array.isArray(causes) ? causes : [];
  const reason = shownReason([detail, ...because], [publicKey, secretKey]);
  const message = `Sentry answered ${status}${reason && ` (${reason})`}; check SENTRY_DSN`;
  return new ChannelError(message, { recoverable: false });
};

export const createSentryApi = (dsn: SentryDsn): SentryApi => {
  /** Until when Sentry asked not to be sent these, by category. */
  const limitedUntil = new Map<string, number>();
  const waitOf = (categories: readonly string[]): number =>
    Math.max(...categories.map((each) => (limitedUntil.get(each) ?? 0) - Date.now()));

  return async ({ categories, ...item }, signal) => {
    const left = waitOf(categories);
    if (left > 0) {
      const message = 'Sentry asked to be left alone; try again later';
      throw new ChannelError(message, { recoverable: true, retryAfterMs: left });
    }
    const answer = await call({
      ...SENTRY,
      url: dsn.envelopeUrl,
      method: 'POST',
      headers: {
        'content-type': 'application/x-sentry-envelope',
        'user-agent': 'sexton',
        'x-sentry-auth': authHeader(dsn),
      },
      body: envelope(item),
      signal,
      readsBody: true,
    });
    const { status } = answer;
    const limit = limitMs({ status, header: answer.header, categories });
    if (limit !== undefined) {
      for (const each of categories) limitedUntil.set(each, Date.now() + limit);
      const message = `Sentry answered ${status} and limits what it takes; try again later`;
      // With a 200 nobody can say whether this one was still let through.
      throw new ChannelError(message, { recoverable: true, unclear: status < 300, retryAfterMs: limit });
    }
    if (status === 200) {
      const { id } = objectIn(answer.body);
      return typeof id === 'string' ? id : undefined;
    }
    throw REFUSALS.includes(status) ? refusal(answer, dsn) : statusError(SENTRY, answer);
  };
};
