// The incoming webhook: plain words, a status for each, and no id of what it posted.
import { type FakeReply, type FakeRequest, textReply } from './http.ts';
import { tooFast } from './slack-failures.ts';
import { refusal } from './slack-limits.ts';
import { postOf } from './slack-web-api.ts';
import type { SlackPost, SlackWorkspace } from './slack-workspace.ts';

const parse = (body: string): SlackPost | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? postOf({ ...value }) : undefined;
  } catch {
    return undefined;
  }
};

/** Takes a message for the channel that the webhook is bound to. */
export const takeIncoming = (
  { workspace, boundTo }: { readonly workspace: SlackWorkspace; readonly boundTo: string },
  { body }: FakeRequest,
): FakeReply => {
  const channel = workspace.find(boundTo);
  if (!channel) return textReply(404, 'channel_not_found');
  if (channel.archived) return textReply(410, 'channel_is_archived');
  if (channel.restricted) return textReply(403, 'action_prohibited');
  const post = parse(body);
  if (!post) return textReply(400, 'invalid_payload');
  const word = refusal(post);
  if (word !== undefined) return textReply(400, word);
  if (workspace.isBusy(channel)) return tooFast('webhook');
  workspace.post(channel, 'webhook', post);
  return textReply(200, 'ok');
};
