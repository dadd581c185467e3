// What the real Slack does with changes and threads, and what a sender trips over.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeSlack, startFakeSlack } from '../../src/local/fakes/slack.ts';

let slack: FakeSlack;
let id: string;
beforeEach(async () => {
  slack = await startFakeSlack();
  ({ id } = slack.setChannel('ops-alerts'));
});
afterEach(() => slack.close());

const ask = async (method: string, args: object): Promise<Record<string, unknown>> => {
  const response = await fetch(`${slack.apiUrl}${method}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return (await response.json()) as Record<string, unknown>;
};

const post = async (more: object = {}): Promise<string> =>
  String((await ask('chat.postMessage', { channel: id, text: 'hello', ...more }))['ts']);

describe('chat.update of the fake', () => {
  it('changes words and keeps the metadata that it is not given', async () => {
    const metadata = { event_type: 'e', event_payload: { key: 'k' } };
    const ts = await post({ metadata });
    expect(await ask('chat.update', { channel: id, ts, text: 'changed' })).toMatchObject({ ok: true, ts });
    expect(slack.messages).toMatchObject([{ ts, text: 'changed', metadata }]);
    expect(slack.updates).toHaveLength(1);
  });

  it.each<[string, (ts: string) => object | Promise<object>]>([
    ['channel_not_found', (ts) => ({ channel: 'ops-alerts', ts })],
    ['message_not_found', () => ({ ts: '1.000001' })],
    ['msg_blocks_too_long', (ts) => ({ ts, blocks: Array.from({ length: 5 }, () => section(2_640)) })],
    [
      'cant_update_message',
      async () => {
        await fetch(slack.webhookUrl, { method: 'POST', body: '{"text":"by the webhook"}' });
        return { ts: slack.messages.at(-1)?.ts };
      },
    ],
    [
      'edit_window_closed',
      (ts) => {
        slack.closeEditWindow();
        return { ts };
      },
    ],
    [
      'is_archived',
      (ts) => {
        slack.setChannel('ops-alerts', { archived: true });
        return { ts };
      },
    ],
  ])('answers %s', async (error, arrange) => {
    const args = await arrange(await post());
    expect(await ask('chat.update', { channel: id, text: 'x', ...args })).toEqual({ ok: false, error });
  });

  it('may do it and say fatal_error', async () => {
    const ts = await post();
    slack.fail({ next: 1, with: 'fatal_error-after-post', on: 'update' });
    const answer = await ask('chat.update', { channel: id, ts, text: 'changed' });
    expect(answer).toEqual({ ok: false, error: 'fatal_error' });
    expect(slack.messages).toMatchObject([{ text: 'changed' }]);
  });
});

describe('a thread of the fake', () => {
  it('is shown by conversations.replies; the history shows of it only what was broadcast', async () => {
    const ts = await post();
    const [quiet, loud] = [
      await post({ thread_ts: ts }),
      await post({ thread_ts: ts, reply_broadcast: true }),
    ];
    const shown = (answer: Record<string, unknown>) =>
      (answer['messages'] as { ts: string }[]).map((each) => each.ts);
    expect(shown(await ask('conversations.history', { channel: id }))).toEqual([loud, ts]);
    expect(shown(await ask('conversations.replies', { channel: id, ts }))).toEqual([ts, quiet, loud]);
    expect(await ask('conversations.replies', { channel: id, ts: '1.0' })).toMatchObject({
      error: 'thread_not_found',
    });
  });
});

const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
