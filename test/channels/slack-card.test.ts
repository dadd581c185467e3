// The incident's first message in Slack is its card: it says what is so now, and what comes later is in its thread.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alsoOf, type Sending } from '../../src/channels/channel.ts';
import { createSlackChannel } from '../../src/channels/slack/slack.ts';
import type { Notification } from '../../src/domain/alerts/notification.ts';
import { type FakeSlack, startFakeSlack } from '../../src/local/fakes/slack.ts';
import { aNotification, errorOf } from './support.ts';

let slack: FakeSlack;
beforeEach(async () => {
  slack = await startFakeSlack({ channels: ['ops-alerts', 'shop'] });
});
afterEach(() => slack.close());

const channelNow = () =>
  createSlackChannel({
    webhooks: { '': slack.webhookUrl, SHOP_TEAM: slack.webhookUrlOf('shop') },
    botToken: slack.token,
    apiUrl: slack.apiUrl,
  });

const tell = (
  change: Partial<Notification>,
  rest: Partial<Sending> = {},
  channel = channelNow(),
): ReturnType<typeof channel.send> =>
  channel.send({
    notification: aNotification({ key: `k/${change.status}`, ...change }),
    address: 'ops-alerts',
    signal: new AbortController().signal,
    retry: false,
    ...rest,
  });

/** The first message, and what it takes to answer to it. */
const aCard = async (): Promise<{ readonly thread: string }> => {
  const { id = '' } = await tell({ status: 'firing', key: 'k/first' });
  return { thread: id };
};

const headerOf = (index: number): string => JSON.stringify(slack.messages[index]?.blocks[0]);

const ACKNOWLEDGED = { status: 'acknowledged', next: 'nothing until it is resolved' } as const;
const RESOLVED = { status: 'resolved', endedAt: '2026-02-10T12:12:30.000Z' } as const;

describe('the card of an incident', () => {
  it.each([
    ['👀 ACKNOWLEDGED · CRITICAL', ACKNOWLEDGED],
    ['✅ RESOLVED · CRITICAL', RESOLVED],
  ] as const)(
    'says %s once that is so, and its thread too, which does not broadcast it',
    async (words, change) => {
      const card = await aCard();
      await tell(change, card);
      expect(slack.messages).toHaveLength(2);
      expect(headerOf(0)).toContain(words);
      expect(headerOf(1)).toContain(words);
      expect(slack.messages[1]).toMatchObject({ threadTs: slack.messages[0]?.ts, broadcast: false });
    },
  );

  it('says the new severity after a later wake, which the channel sees too', async () => {
    const card = await aCard();
    await tell({ severityWord: 'RAISED', key: 'k/w2' }, card);
    expect(headerOf(0)).toContain('RAISED');
    expect(slack.messages[1]).toMatchObject({ broadcast: true });
  });

  it('keeps the key of its first message, so that a late retry of that still finds it', async () => {
    const card = await aCard();
    await tell(RESOLVED, card);
    expect(slack.messages[0]?.metadata?.event_payload['key']).toBe('k/first');
    expect(await tell({ status: 'firing', key: 'k/first' }, { retry: true })).toEqual({ id: card.thread });
    expect(slack.messages).toHaveLength(2);
  });

  it('is changed by a worker that never posted there, without a list of channels', async () => {
    await tell(RESOLVED, await aCard(), channelNow());
    expect(slack.requests).toEqual(['chat.postMessage', 'chat.update', 'chat.postMessage']);
  });

  it('is changed once its channel is known where its receipt is of old and names none', async () => {
    const { thread } = await aCard();
    await tell(RESOLVED, { thread: thread.replace(/.*\//, '') });
    expect(headerOf(0)).toContain('RESOLVED');
  });

  it('is not painted over by a late try of a wake', async () => {
    const card = await aCard();
    await tell(RESOLVED, card);
    await tell({ key: 'k/w2' }, { ...card, retry: true });
    expect(headerOf(0)).toContain('RESOLVED');
  });

  it.each<[string, () => void]>([
    ['its edit window is closed', () => slack.closeEditWindow()],
    ['it was deleted', () => slack.remove(slack.messages[0]?.ts)],
  ])('costs nobody the notice where %s', async (_, arrange) => {
    const card = await aCard();
    arrange();
    await tell(RESOLVED, card);
    expect(headerOf(slack.messages.length - 1)).toContain('RESOLVED');
  });

  it.each(['ratelimited', 'fatal_error-after-post', 'reset', 'http-500'] as const)(
    'that cannot be changed because of %s leaves nothing behind, so another try is clear',
    async (trouble) => {
      const card = await aCard();
      slack.fail({ next: 1, with: trouble, on: 'update' });
      expect(await errorOf(tell(RESOLVED, card))).toMatchObject({ recoverable: true, unclear: false });
      expect(slack.messages).toHaveLength(1);
      await tell(RESOLVED, card);
      expect(slack.messages).toHaveLength(2);
      expect(headerOf(0)).toContain('RESOLVED');
    },
  );

  it.each(['ratelimited', 'reset', 'timeout'] as const)(
    'costs no page where it cannot be changed because of %s',
    async (trouble) => {
      const card = await aCard();
      slack.fail({ next: 1, with: trouble, on: 'update' });
      const signal = AbortSignal.timeout(300);
      expect(await tell({ key: 'k/w2' }, { ...card, signal })).toMatchObject({ id: expect.any(String) });
      expect(slack.messages).toHaveLength(2);
    },
  );
});

describe('a notice in the thread alone', () => {
  it('is found there by a retry after an unclear end, where the channel’s history does not show it', async () => {
    const card = await aCard();
    slack.fail({ next: 1, with: 'reset-after-post' });
    expect(await errorOf(tell(RESOLVED, card))).toMatchObject({ recoverable: true, unclear: true });
    expect(await tell(RESOLVED, { ...card, retry: true })).not.toHaveProperty('possiblyDoubled');
    expect(slack.messages).toHaveLength(2);
    expect(slack.requests.at(-1)).toBe('conversations.replies');
  });

  it('stays unclear where the card cannot be changed by the retry either', async () => {
    const card = await aCard();
    slack.fail({ next: 1, with: 'ratelimited', on: 'update' });
    const error = await errorOf(tell(RESOLVED, { ...card, retry: true }));
    expect(error).toMatchObject({ recoverable: true, unclear: true, retryAfterMs: 30_000 });
  });
});

describe('Slack’s webhooks', () => {
  it('are found by their names, and post where each is bound', async () => {
    await tell({}, { address: 'webhook' });
    await tell({}, { address: 'webhook-shop-team' });
    expect(slack.messages.map(({ channel }) => channel.name)).toEqual(['ops-alerts', 'shop']);
  });

  it('without the variable say which one to set, and never post to another', async () => {
    const error = await errorOf(tell({}, { address: 'webhook-music' }));
    expect(error).toMatchObject({ recoverable: false });
    expect(error.message).toContain('set SLACK_WEBHOOK_URL__MUSIC');
    expect(slack.messages).toEqual([]);
  });

  it('cannot change what they posted, so they tell the end and not that somebody is at work', () => {
    const channel = channelNow();
    expect(alsoOf(channel, 'webhook')).toEqual(['resolved']);
    expect(alsoOf(channel, 'webhook-shop-team')).toEqual(['resolved']);
    expect(alsoOf(channel, 'ops-alerts')).toEqual(['acknowledged', 'resolved']);
  });
});
