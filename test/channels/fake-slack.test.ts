// The fake is only worth something if it refuses what Slack refuses.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../../src/local/fakes/slack.ts';

let slack: FakeSlack;
beforeEach(async () => {
  slack = await startFakeSlack();
});
afterEach(() => slack.close());

const toWebhook = async (body: string): Promise<string> => {
  const response = await fetch(slack.webhookUrl, { method: 'POST', body });
  return `${response.status} ${response.headers.get('content-type')?.split(';')[0]} ${await response.text()}`;
};

const toApi = async (method: string, args: object, token = slack.token) => {
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(args),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...answer };
};

const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
const header = (length: number) => ({
  type: 'header',
  text: { type: 'plain_text', text: 'x'.repeat(length) },
});

describe('the incoming webhook of the fake', () => {
  it('answers ok as plain text, and refuses in words', async () => {
    expect(await toWebhook('{"text":"hello"}')).toBe('200 text/plain ok');
    expect(await toWebhook('{"text":')).toBe('400 text/plain invalid_payload');
    expect(await toWebhook('{}')).toBe('400 text/plain no_text');
    slack.setChannel('ops-alerts', { archived: true });
    expect(await toWebhook('{"text":"hello"}')).toBe('410 text/plain channel_is_archived');
    slack.revokeWebhook();
    expect(await toWebhook('{"text":"hello"}')).toBe('404 text/plain no_service');
  });
});

describe('the Web API of the fake', () => {
  it.each<[object, string]>([
    [{}, 'no_text'],
    [{ text: 'x'.repeat(40_001) }, 'msg_too_long'],
    [{ blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }, 'invalid_blocks'],
    [{ blocks: [header(151)] }, 'invalid_blocks'],
    [{ blocks: [section(3_001)] }, 'invalid_blocks'],
    [{ blocks: [section(0)] }, 'invalid_blocks'],
    [{ blocks: [{ type: 'marquee' }] }, 'invalid_blocks'],
    [{ blocks: Array.from({ length: 5 }, () => section(2_640)) }, 'msg_blocks_too_long'],
  ])('answers 200 to what it refuses (%#: %s)', async (message, error) => {
    const answer = await toApi('chat.postMessage', { channel: 'ops-alerts', ...message });
    expect(answer).toMatchObject({ status: 200, ok: false, error });
    expect(slack.messages).toEqual([]);
  });

  it('takes what is just within the limits', async () => {
    const blocks = [header(150), section(3_000), section(3_000), section(3_000), section(3_000)];
    const message = { channel: 'ops-alerts', text: 'x'.repeat(40_000), blocks };
    expect(await toApi('chat.postMessage', message)).toMatchObject({ ok: true });
  });

  it('knows its token and its methods', async () => {
    expect(await toApi('auth.test', {})).toMatchObject({ ok: true, user: 'sexton' });
    expect(await toApi('auth.test', {}, 'xoxb-wrong')).toMatchObject({ ok: false, error: 'invalid_auth' });
    expect(await toApi('chat.delete', {})).toMatchObject({ ok: false, error: 'unknown_method' });
  });

  it('takes a channel’s name for posting, but tells history by its id only', async () => {
    await toApi('chat.postMessage', { channel: '#ops-alerts', text: 'hello' });
    const { id } = slack.setChannel('ops-alerts');
    const byName = await toApi('conversations.history', { channel: 'ops-alerts' });
    expect(byName).toMatchObject({ ok: false, error: 'channel_not_found' });
    expect(await toApi('conversations.history', { channel: id })).toMatchObject({
      ok: true,
      has_more: false,
      messages: [{ text: 'hello' }],
    });
  });

  it('shows metadata only to those who ask for it', async () => {
    const metadata = { event_type: 'e', event_payload: { key: 'k' } };
    await toApi('chat.postMessage', { channel: 'ops-alerts', text: 'hello', metadata });
    const { id } = slack.setChannel('ops-alerts');
    const plain = await toApi('conversations.history', { channel: id });
    const whole = await toApi('conversations.history', { channel: id, include_all_metadata: true });
    expect(JSON.stringify(plain)).not.toContain('event_payload');
    expect(whole).toMatchObject({ messages: [{ metadata }] });
  });

  it('lets one message a second and channel through once it is told to, by its own clock', async () => {
    await slack.close();
    let now = Date.parse('2026-02-10T12:00:00Z');
    slack = await startFakeSlack({ now: () => now });
    slack.limitRate(true);
    const post = () => toApi('chat.postMessage', { channel: 'ops-alerts', text: 'hello' });
    await post();
    expect(await post()).toMatchObject({ status: 429, error: 'ratelimited', retryAfter: '30' });
    now += 1_000;
    expect(await post()).toMatchObject({ ok: true, ts: expect.stringMatching(/^\d{10}\.\d{6}$/) });
    expect(slack.messages.map(({ at }) => at)).toEqual([
      '2026-02-10T12:00:00.000Z',
      '2026-02-10T12:00:01.000Z',
    ]);
  });

  it('tells listeners of each message that it takes, until they stop listening', async () => {
    const heard: string[] = [];
    const stop = slack.onMessage(({ text }) => heard.push(text));
    await toApi('chat.postMessage', { channel: 'ops-alerts', text: 'one' });
    stop();
    await toApi('chat.postMessage', { channel: 'ops-alerts', text: 'two' });
    expect(heard).toEqual(['one']);
  });
});
