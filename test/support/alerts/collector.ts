// Says what people were told, and when: a test declares every notice that it wants, each with a span of time, and
// fails on one that is missing and on one too many alike.
import type { FakePagerDuty } from '../../../src/local/fakes/pagerduty.ts';
import type { FakeSentry } from '../../../src/local/fakes/sentry.ts';
import type { FakeSlack } from '../../../src/local/fakes/slack.ts';
import type { FakeSmtp } from '../../../src/local/fakes/smtp.ts';
import type { WebhookReceiver } from '../../../src/local/fakes/webhook-receiver.ts';

/** ISO-8601, epoch milliseconds, or a Date. */
type Instant = string | number | Date;

/** One notice that somebody got. */
export interface Notice {
  readonly at: Instant;
  readonly channel: string;
  readonly address: string;
  readonly tier: string;
  readonly key: string;
  readonly incident: string;
}

/** A notice that must have come. What is left out may be anything. */
export interface Wanted {
  readonly channel: string;
  readonly tier: string;
  /** First and last instant at which it may come, both included. */
  readonly between: readonly [Instant, Instant];
  readonly address?: string;
  readonly incident?: string;
}

type Source = () => readonly Notice[] | Promise<readonly Notice[]>;

export interface Collector {
  readonly notices: () => Promise<readonly Notice[]>;
  /** Fails unless exactly these came. Each notice answers one wish: a message that came twice is one too many. */
  readonly expect: (wanted: readonly Wanted[]) => Promise<void>;
}

const ms = (instant: Instant): number => new Date(instant).getTime();
const iso = (instant: Instant): string => new Date(instant).toISOString();

const answers = (
  notice: Notice,
  { channel, tier, between: [from, to], address, incident }: Wanted,
): boolean =>
  notice.channel === channel &&
  notice.tier === tier &&
  (address === undefined || notice.address === address) &&
  (incident === undefined || notice.incident === incident) &&
  ms(notice.at) >= ms(from) &&
  ms(notice.at) <= ms(to);

/** Wish → notice, as many as can be: spans may overlap, so the first fit could take what another needs. */
const match = (wanted: readonly Wanted[], notices: readonly Notice[]): Map<Notice, Wanted> => {
  const taken = new Map<Notice, Wanted>();
  const place = (wish: Wanted, tried: Set<Notice>): boolean => {
    for (const notice of notices) {
      if (tried.has(notice) || !answers(notice, wish)) continue;
      tried.add(notice);
      const holder = taken.get(notice);
      if (holder && !place(holder, tried)) continue;
      taken.set(notice, wish);
      return true;
    }
    return false;
  };
  for (const wish of wanted) place(wish, new Set());
  return taken;
};

const target = ({ channel, address }: { readonly channel: string; readonly address?: string }): string =>
  address ? `${channel}:${address}` : channel;

const heard = (notice: Notice): string =>
  `${iso(notice.at)}  ${target(notice)}  ${notice.tier}  ${notice.incident}  (${notice.key})`;

const wished = (wish: Wanted): string =>
  `${iso(wish.between[0])} … ${iso(wish.between[1])}  ${target(wish)}  ${wish.tier}  ${wish.incident ?? ''}`;

export const createCollector = (...sources: readonly Source[]): Collector => {
  const notices = async (): Promise<readonly Notice[]> => {
    const all = (await Promise.all(sources.map(async (source) => source()))).flat();
    return all.toSorted((a, b) => ms(a.at) - ms(b.at));
  };
  return {
    notices,
    expect: async (wanted) => {
      const came = await notices();
      const taken = match(wanted, came);
      const answered = new Set(taken.values());
      const missing = wanted.filter((wish) => !answered.has(wish)).map(wished);
      const extra = came.filter((notice) => !taken.has(notice)).map(heard);
      if (missing.length === 0 && extra.length === 0) return;
      const part = (title: string, lines: readonly string[]): string =>
        `${title}${lines.map((line) => `\n  ${line}`).join('') || '\n  none'}`;
      const parts = [part('missing:', missing), part('too many:', extra), part('heard:', came.map(heard))];
      throw new Error(`not exactly the wanted notices\n${parts.join('\n')}`);
    },
  };
};

const words = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What a fake Slack took: `slack:webhook` for the incoming webhook, else `slack:<channel's name>`. */
export const fromSlack =
  ({ messages }: Pick<FakeSlack, 'messages'>): Source =>
  () =>
    messages.map(({ at, via, channel, metadata }) => {
      const { key, tier, incident } = metadata?.event_payload ?? {};
      const address = via === 'webhook' ? 'webhook' : channel.name;
      return { at, channel: 'slack', address, tier: words(tier), key: words(key), incident: words(incident) };
    });

/** What a webhook receiver took. */
export const fromWebhook =
  ({ received }: Pick<WebhookReceiver, 'received'>): Source =>
  () =>
    received.map(({ at, key, envelope: { tier, incident } }) => {
      return { at, channel: 'webhook', address: '', tier: words(tier), key, incident: words(incident) };
    });

/** What a fake mail server took. */
export const fromEmail =
  ({ messages }: Pick<FakeSmtp, 'messages'>): Source =>
  () =>
    messages.map(({ at, to, headers }) => {
      const from = { tier: words(headers['x-sexton-tier']), incident: words(headers['x-sexton-incident']) };
      return { at, channel: 'email', address: to, key: words(headers['x-sexton-key']), ...from };
    });

/** Lines of the log channel, each with the instant at which it was written. */
export const fromLog =
  (lines: readonly { readonly at: Instant; readonly fields: Readonly<Record<string, unknown>> }[]): Source =>
  () =>
    lines.map(({ at, fields: { key, tier, incident, address } }) => {
      const from = { key: words(key), tier: words(tier), incident: words(incident) };
      return { at, channel: 'log', address: words(address), ...from };
    });

const textIn = (value: unknown, name: string): string =>
  words(typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined);

/** Whom a fake PagerDuty paged; its first service is plain `pagerduty`. An event that wakes nobody is no notice. */
export const fromPagerDuty =
  ({
    pages,
    routingKey,
    routingKeyOf,
  }: Pick<FakePagerDuty, 'pages' | 'routingKey' | 'routingKeyOf'>): Source =>
  () =>
    pages().map(({ at, service = '', dedupKey: key, payload: { custom_details: details } }) => {
      const address = routingKeyOf(service) === routingKey ? '' : service;
      const from = { tier: textIn(details, 'tier'), incident: textIn(details, 'incident') };
      return { at, channel: 'pagerduty', address, key, ...from };
    });

/** What a fake Sentry took. */
export const fromSentry =
  ({ events }: Pick<FakeSentry, 'events'>): Source =>
  () =>
    events.map(({ at, payload: { event_id, tags } }) => {
      const from = { tier: textIn(tags, 'tier'), incident: textIn(tags, 'incident') };
      return { at, channel: 'sentry', address: '', key: words(event_id), ...from };
    });
