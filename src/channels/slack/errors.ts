// What Slack's own words mean. An answer of HTTP 200 may still be a no: `{"ok":false,"error":"not_in_channel"}`.
import { ChannelError } from '../channel.ts';

interface Meaning {
  /** What happened or what to do, after the word itself. */
  readonly hint: string;
  readonly recoverable?: boolean;
  /** Slack says of these that some part of the operation may have succeeded. */
  readonly unclear?: boolean;
}

const TOKEN = 'check SLACK_BOT_TOKEN';
const REFUSED = 'Slack refuses this message as it is; tell Sexton’s maintainers';
const LATER = { hint: 'try again later', recoverable: true };
const MAYBE = { hint: 'it may have the message', recoverable: true, unclear: true };

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ratelimited: LATER,
  rate_limited: LATER,
  message_limit_exceeded: LATER,
  service_unavailable: LATER,
  request_timeout: LATER,
  team_added_to_org: LATER,
  internal_error: MAYBE,
  fatal_error: MAYBE,
  rollup_error: MAYBE,
  channel_not_found: { hint: 'no such channel, or the bot cannot see it; check the target' },
  user_not_found: { hint: 'no such person; check the target' },
  not_in_channel: { hint: 'invite the bot to the channel' },
  is_archived: { hint: 'the channel is archived; name another one' },
  channel_is_archived: { hint: 'the channel is archived; name another one' },
  message_not_found: { hint: 'somebody deleted it; nothing is to be done' },
  thread_not_found: { hint: 'somebody deleted it; nothing is to be done' },
  cant_update_message: {
    hint: 'only the bot that posted it may change it; is SLACK_BOT_TOKEN another app’s now?',
  },
  edit_window_closed: { hint: 'the workspace lets nobody change messages so old; nothing is to be done' },
  restricted_action: { hint: 'the workspace lets the bot not post there; name another channel' },
  action_prohibited: { hint: 'the workspace does not let this webhook post; check SLACK_WEBHOOK_URL' },
  no_service: { hint: 'the webhook was revoked; set SLACK_WEBHOOK_URL to a new one' },
  invalid_auth: { hint: TOKEN },
  not_authed: { hint: TOKEN },
  account_inactive: { hint: TOKEN },
  token_revoked: { hint: TOKEN },
  token_expired: { hint: TOKEN },
  missing_scope: { hint: 'give the bot the scope that it lacks' },
  msg_too_long: { hint: REFUSED },
  msg_blocks_too_long: { hint: REFUSED },
  invalid_blocks: { hint: REFUSED },
  invalid_payload: { hint: REFUSED },
  no_text: { hint: REFUSED },
};

/** Slack's word for an error where it can be shown: an answer that echoes an address or a token is not. */
export const errorWord = (text: unknown): string =>
  typeof text === 'string' && text.length <= 60 && /^[a-z]+(_[a-z]+)*$/.test(text) ? text : '';

/** The error behind a word; unknown ones are taken for a refusal, which somebody must look at. */
export const slackError = ({
  doing,
  word,
  retryAfterMs,
}: {
  readonly doing: string;
  readonly word: string;
  readonly retryAfterMs?: number | undefined;
}): ChannelError => {
  const {
    hint,
    recoverable = false,
    unclear = false,
  }: Meaning = MEANINGS[word] ?? {
    hint: 'look the word up in Slack’s documentation of the method',
  };
  const message = `Slack answered ${word || 'an error without a name'} to ${doing}; ${hint}`;
  return new ChannelError(message, { recoverable, unclear, retryAfterMs });
};
