// A Slack of our own for `npm start` and the tests, as strict and as treacherous as the real one: it may refuse
// with HTTP 200, or take a message and then say that it failed, or say nothing at all.
import { randomBytes } from 'node:crypto';
import { type FakeReply, type FakeRequest, jsonReply, serveFake, textReply } from './http.ts';
import { createScript, type ScriptedFailure } from './script.ts';
import { comesAfterPost, failureReply, type SlackFailure, tooFast } from './slack-failures.ts';
import { takeIncoming } from './slack-incoming.ts';
import { callMethod } from './slack-web-api.ts';
import { createWorkspace, type SlackWorkspace } from './slack-workspace.ts';

interface SlackFailures extends ScriptedFailure<SlackFailure> {
  /** Which requests it meets: those that post (either way), those that change, or those that read. Default `post`. */
  readonly on?: 'post' | 'update' | 'lookup';
}

export interface FakeSlack extends SlackWorkspace {
  /** For SLACK_WEBHOOK_URL; bound to the first channel. */
  readonly webhookUrl: string;
  /** For SLACK_WEBHOOK_URL__<NAME>: a webhook that is bound to another one of the channels it began with. */
  readonly webhookUrlOf: (channel: string) => string;
  /** For SLACK_API_URL. */
  readonly apiUrl: string;
  /** For SLACK_BOT_TOKEN. */
  readonly token: string;
  /** Method names and `webhook`, in the order of arrival, refused and failed ones included. */
  readonly requests: readonly string[];
  readonly fail: (failures: SlackFailures) => void;
  /** Each answer waits so long after the message was taken. */
  readonly slow: (ms: number) => void;
  readonly revokeWebhook: () => void;
  /** From now on no message can be changed: it is too old for this workspace. */
  readonly closeEditWindow: () => void;
  readonly close: () => Promise<void>;
}

export interface FakeSlackOptions {
  /** Clock of the log and the rate limit, epoch milliseconds. Default the machine's. */
  readonly now?: () => number;
  /** Default `ops-alerts`. */
  readonly channels?: readonly [string, ...string[]];
  /** What the token may do. Default: post, read history, list channels. */
  readonly scopes?: readonly string[];
}

/** Serves until `close`. */
export const startFakeSlack = async ({
  now = Date.now,
  channels = ['ops-alerts'],
  scopes = ['chat:write', 'channels:history', 'channels:read'],
}: FakeSlackOptions = {}): Promise<FakeSlack> => {
  const workspace = createWorkspace(now);
  for (const name of channels) workspace.setChannel(name);
  const token = `xoxb-fake-${randomBytes(12).toString('hex')}`;
  const hooks = new Map(
    channels.map((name, index) => [
      `/services/T00000001/B0000000${index + 1}/${randomBytes(12).toString('hex')}`,
      name,
    ]),
  );
  const hookOf = (channel: string): string =>
    `${origin}${[...hooks].find(([, name]) => name === channel)?.[0] ?? '/services/none'}`;
  const editWindow = { closed: false };
  const api = { workspace, token, scopes: new Set(scopes), editWindow };
  const scripts = {
    post: createScript<SlackFailure>(),
    update: createScript<SlackFailure>(),
    lookup: createScript<SlackFailure>(),
  };
  const requests: string[] = [];
  let delayMs = 0;
  let revoked = false;

  const answer = (request: FakeRequest, method: string): FakeReply => {
    if (method === 'webhook') {
      return takeIncoming({ workspace, boundTo: hooks.get(request.path) ?? '' }, request);
    }
    const result = callMethod(api, method, request);
    return result['error'] === 'ratelimited' ? tooFast('api') : jsonReply(result);
  };

  const handle = (request: FakeRequest): FakeReply => {
    const method = request.path.startsWith('/api/') ? request.path.slice('/api/'.length) : 'webhook';
    requests.push(method);
    if (method === 'webhook' && (revoked || !hooks.has(request.path))) return textReply(404, 'no_service');
    const failure = scripts[kindOf(method)].take();
    const by = method === 'webhook' ? 'webhook' : 'api';
    if (failure && !comesAfterPost(failure)) return failureReply(failure, by);
    const taken = (): number => workspace.messages.length + workspace.updates.length;
    const before = taken();
    const reply = answer(request, method);
    // What was refused was not taken, so there is nothing to fail after.
    return failure && taken() > before ? failureReply(failure, by) : reply;
  };

  const { origin, close } = await serveFake(handle, () => delayMs);
  return {
    ...workspace,
    webhookUrl: hookOf(channels[0]),
    webhookUrlOf: hookOf,
    apiUrl: `${origin}/api/`,
    token,
    requests,
    fail: ({ on = 'post', ...failure }) => scripts[on].fail(failure),
    slow: (ms) => {
      delayMs = ms;
    },
    revokeWebhook: () => {
      revoked = true;
    },
    closeEditWindow: () => {
      editWindow.closed = true;
    },
    close,
  };
};

const kindOf = (method: string): 'post' | 'update' | 'lookup' => {
  if (method === 'webhook' || method === 'chat.postMessage') return 'post';
  return method === 'chat.update' ? 'update' : 'lookup';
};
