// Sentry, by envelopes of our own: its SDK drops a message that resembles the one before, and what is limited, without a
// word. Here an event that Sentry did not confirm is an event that was not told.
import { parseDsn } from '../../domain/alerts/sentry-dsn.ts';
import { type Channel, ChannelError } from '../channel.ts';
import type { SentrySettings } from '../settings.ts';
import { createSentryApi } from './api.ts';
import { eventBody } from './event.ts';

/** Sentry counts our events as `error`; a limit on `default` is taken to mean them too. */
const CATEGORIES = ['error', 'default'];

/** Tells that something fires and no more: an event that says "resolved" would open the issue again. */
export const createSentryChannel = ({ dsn: text, environment }: SentrySettings): Channel => {
  const dsn = parseDsn(text);
  const api = dsn && createSentryApi(dsn);
  return {
    name: 'sentry',
    send: async ({ notification, signal }) => {
      if (!api) throw new ChannelError('SENTRY_DSN is no DSN; set it', { recoverable: false });
      const item = {
        type: 'event',
        body: eventBody(notification, environment),
        categories: CATEGORIES,
      } as const;
      const id = await api(item, signal);
      return id === undefined ? {} : { id };
    },
  };
};
