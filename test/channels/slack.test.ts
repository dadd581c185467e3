// Slack's two ways in, against a Slack with the real one's traps.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSlackChannel } from '../../src/channels/slack/slack.ts';
import { jsonReply, serveFake, textReply } from '../../src/local/fakes/http.ts';
import { type FakeSlack, type FakeSlackOptions, startFakeSlack } from '../../src/local/fakes/slack.ts';
import { aNotification, errorOf, sendBy } from './support.ts';

let slack: FakeSlack;
const begin = async (options?: FakeSlackOptions) => {
  await slack?.close().catch(() => {});
  slack = await startFakeSlack(options);
};
beforeEach(() => begin());
afterEach(() => slack.close());

/** What a receipt says of the message that came so many before. */
const placeOf = (index: number): string => {
  const { channel, ts } = slack.messages[index] ?? {};
  return `${channel?.id}/${ts}`;
};

const channelNow = () =>
  createSlackChannel({ webhooks: { '': slack.webhookUrl }, botToken: slack.token, apiUrl: slack.apiUrl });

const send = (address: string, retry = false, channel = channelNow()) =>
  sendBy({ channel, address }, aNotification(), { retry });

describe('a message by the bot', () => {
  it('goes to the channel named or numbered, carries its key unseen, and returns its channel’s id and ts', async () => {
    const ops = slack.setChannel('ops-alerts');
    const receipts = [await send('ops-alerts'), await send('#ops-alerts'), await send(ops.id)];
    expect(receipts).toEqual(slack.messages.map((_, index) => ({ id: placeOf(index) })));
    expect(slack.messages).toHaveLength(3);
    expect(slack.messages[0]).toMatchObject({
      via: 'chat.postMessage',
      channel: { name: 'ops-alerts' },
      metadata: {
        event_type: 'sexton_notification',
        event_payload: { key: aNotification().key, incident: aNotification().incident, tier: 'first' },
      },
    });
  });

  it('answers in the thread of the incident’s first message, and in the channel too (SLA-73)', async () => {
    const { id: thread = '' } = await send('ops-alerts');
    const channel = channelNow();
    const rest = { address: 'ops-alerts', signal: AbortSignal.timeout(5_000), retry: false };
    await channel.send({ ...rest, notification: aNotification({ key: 'a second wake' }), thread });
    expect(slack.messages.map(({ threadTs }) => threadTs)).toEqual([undefined, slack.messages[0]?.ts]);
  });

  it('is posted all the same when its thread has been deleted', async () => {
    const rest = { address: 'ops-alerts', signal: AbortSignal.timeout(5_000), retry: false };
    await channelNow().send({ ...rest, notification: aNotification(), thread: '1.000001' });
    expect(slack.messages.map(({ threadTs }) => threadTs)).toEqual([undefined]);
  });

  it.each<[string, () => void, string]>([
    ['channel_not_found', () => slack.removeChannel('ops-alerts'), 'check the target'],
    ['not_in_channel', () => slack.setChannel('ops-alerts', { member: false }), 'invite the bot'],
    ['is_archived', () => slack.setChannel('ops-alerts', { archived: true }), 'name another one'],
  ])('is not tried again after %s, and the error says what to do', async (word, arrange, hint) => {
    arrange();
    const error = await errorOf(send('ops-alerts'));
    expect(error).toMatchObject({ recoverable: false, unclear: false });
    expect(error.message).toContain(word);
    expect(error.message).toContain(hint);
  });

  it('is not tried again with a token that Slack does not know', async () => {
    const stranger = createSlackChannel({ botToken: 'xoxb-other', apiUrl: slack.apiUrl });
    const error = await errorOf(send('ops-alerts', false, stranger));
    expect(error.message).toMatch(/invalid_auth .*check SLACK_BOT_TOKEN/);
    expect(error.recoverable).toBe(false);
  });

  it('may be sent again after Retry-After where the channel had one less than a second ago', async () => {
    slack.limitRate(true);
    await send('ops-alerts');
    const error = await errorOf(send('ops-alerts'));
    expect(error).toMatchObject({ recoverable: true, unclear: false, retryAfterMs: 30_000 });
    expect(slack.messages).toHaveLength(1);
  });

  it('may be sent again after service_unavailable, which took nothing', async () => {
    slack.fail({ next: 1, with: 'service_unavailable' });
    expect(await errorOf(send('ops-alerts'))).toMatchObject({ recoverable: true, unclear: false });
  });

  it('waits for a slow answer as long as it is let', async () => {
    slack.slow(50);
    expect((await send('ops-alerts')).id).toBe(placeOf(0));
  });

  it('of an address without a token says which setting is missing', async () => {
    const webhookOnly = createSlackChannel({ webhooks: { '': slack.webhookUrl } });
    const error = await errorOf(send('ops-alerts', false, webhookOnly));
    expect(error.message).toContain('set SLACK_BOT_TOKEN');
    expect(error.recoverable).toBe(false);
  });

  it('that meets an answer of somebody else, such as a proxy, may have arrived', async () => {
    const proxy = await serveFake(() => textReply(200, '<html>Sign in</html>'));
    const elsewhere = createSlackChannel({ botToken: 't', apiUrl: proxy.origin });
    const error = await errorOf(send('ops-alerts', false, elsewhere));
    await proxy.close();
    expect(error).toMatchObject({ recoverable: true, unclear: true });
    expect(error.message).toContain('check SLACK_API_URL');
  });

  it('is not tried again after an error that nobody has heard of, which is named if it is a word', async () => {
    for (const [word, shown] of [
      ['snowed_in', 'snowed_in'],
      ['xoxb-9Secret', 'an error without a name'],
    ]) {
      const odd = await serveFake(() => jsonReply({ ok: false, error: word }));
      const channel = createSlackChannel({ botToken: 't', apiUrl: odd.origin });
      const error = await errorOf(send('ops-alerts', false, channel));
      await odd.close();
      expect(error.recoverable).toBe(false);
      expect(error.message).toContain(`Slack answered ${shown} to chat.postMessage`);
    }
  });
});

describe('a retry after an unclear end', () => {
  it.each(['reset-after-post', 'internal_error-after-post', 'timeout-after-post'] as const)(
    'finds the message that %s left, and posts no second one',
    async (trouble) => {
      slack.fail({ next: 1, with: trouble });
      const signal = trouble.startsWith('timeout') ? AbortSignal.timeout(200) : new AbortController().signal;
      const first = sendBy({ channel: channelNow(), address: 'ops-alerts' }, aNotification(), { signal });
      expect((await errorOf(first)).unclear).toBe(true);
      expect(await send('ops-alerts', true)).toEqual({ id: placeOf(0) });
      expect(slack.messages).toHaveLength(1);
    },
  );

  it('posts where the earlier try left nothing', async () => {
    slack.fail({ next: 1, with: 'reset' });
    await errorOf(send('ops-alerts'));
    expect(await send('ops-alerts', true)).toEqual({ id: placeOf(0) });
    expect(slack.requests).toEqual([
      'chat.postMessage',
      'conversations.list',
      'conversations.history',
      'chat.postMessage',
    ]);
  });

  it('asks for no list of channels where it knows the id', async () => {
    const channel = channelNow();
    await send('ops-alerts', false, channel);
    await send('ops-alerts', true, channel);
    await send(slack.setChannel('ops-alerts').id, true);
    expect(slack.requests).not.toContain('conversations.list');
    expect(slack.messages).toHaveLength(1);
  });

  it('finds it below many newer messages, and in a workspace of many channels', async () => {
    for (let index = 0; index < 1_100; index += 1) slack.setChannel(`channel-${index}`);
    const last = slack.setChannel('last-one');
    await send('last-one');
    const post = { text: 'chatter', blocks: [], metadata: undefined };
    for (let index = 0; index < 450; index += 1) slack.post(last, 'webhook', post);
    expect(await send('last-one', true)).toEqual({ id: placeOf(0) });
    expect(slack.messages).toHaveLength(451);
  });

  it('finds it whatever time it is in the log of the fake', async () => {
    await begin({ now: () => Date.parse('2020-01-01T00:00:00Z') });
    await send('ops-alerts');
    await send('ops-alerts', true);
    expect(slack.messages).toMatchObject([{ at: '2020-01-01T00:00:00.000Z' }]);
  });

  it('does not take another wake’s message for its own', async () => {
    const channel = channelNow();
    await send('ops-alerts', false, channel);
    await sendBy({ channel, address: 'ops-alerts' }, aNotification({ key: 'w2' }), { retry: true });
    expect(slack.messages).toHaveLength(2);
  });

  it.each(['channels:read', 'channels:history'])(
    'without the scope %s posts again and says that it may be there twice',
    async (lacking) => {
      const all = ['chat:write', 'channels:history', 'channels:read'];
      await begin({ scopes: all.filter((scope) => scope !== lacking) });
      await send('ops-alerts');
      expect(await send('ops-alerts', true)).toEqual({ id: placeOf(1), possiblyDoubled: true });
    },
  );

  it('that was refused for certain is unclear only where no look could tell of the earlier try', async () => {
    slack.fail({ next: 1, with: 'ratelimited' });
    expect((await errorOf(send('ops-alerts', true))).unclear).toBe(false);
    await begin({ scopes: ['chat:write'] });
    slack.fail({ next: 1, with: 'ratelimited' });
    expect(await errorOf(send('ops-alerts', true))).toMatchObject({ unclear: true, retryAfterMs: 30_000 });
  });

  it.each(['ratelimited', 'http-500', 'reset'] as const)(
    'that cannot look because of %s posts nothing and asks to be tried again, still unclear',
    async (trouble) => {
      await send('ops-alerts');
      slack.fail({ next: 1, with: trouble, on: 'lookup' });
      const error = await errorOf(send('ops-alerts', true));
      expect(error).toMatchObject({ recoverable: true, unclear: true });
      expect(error.message).toContain('could not look up');
      expect(error.retryAfterMs).toBe(trouble === 'ratelimited' ? 30_000 : undefined);
      expect(slack.messages).toHaveLength(1);
    },
  );
});

describe('a message by the incoming webhook', () => {
  it('goes where the webhook is bound, and has no id', async () => {
    expect(await send('webhook')).toEqual({});
    expect(slack.messages).toMatchObject([{ via: 'webhook', channel: { name: 'ops-alerts' } }]);
  });

  it.each<[string, number, () => void]>([
    ['no_service', 404, () => slack.revokeWebhook()],
    ['channel_not_found', 404, () => slack.removeChannel('ops-alerts')],
    ['channel_is_archived', 410, () => slack.setChannel('ops-alerts', { archived: true })],
    ['action_prohibited', 403, () => slack.setChannel('ops-alerts', { restricted: true })],
  ])('is not tried again after %s', async (word, _, arrange) => {
    arrange();
    const error = await errorOf(send('webhook'));
    expect(error).toMatchObject({ recoverable: false, unclear: false });
    expect(error.message).toContain(word);
  });

  it('may be there twice after an unclear end, and says so', async () => {
    slack.fail({ next: 1, with: 'internal_error-after-post' });
    const error = await errorOf(send('webhook'));
    expect(error).toMatchObject({ recoverable: true, unclear: true });
    expect(error.message).toContain('500 rollup_error');
    expect(await send('webhook', true)).toEqual({ possiblyDoubled: true });
    expect(slack.messages).toHaveLength(2);
  });

  it('stays unclear after an unclear end, even where the retry is refused for certain', async () => {
    slack.fail({ next: 1, with: 'ratelimited' });
    const error = await errorOf(send('webhook', true));
    expect(error).toMatchObject({ recoverable: true, unclear: true, retryAfterMs: 30_000 });
  });

  it('without one says which setting is missing', async () => {
    const botOnly = createSlackChannel({ botToken: slack.token, apiUrl: slack.apiUrl });
    const error = await errorOf(send('webhook', false, botOnly));
    expect(error.message).toContain('set SLACK_WEBHOOK_URL');
  });
});
