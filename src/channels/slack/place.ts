// Where a message of the bot is, in a receipt: `C0123456789/1770724800.000100`. To change a message Slack wants its
// channel's id, which the name in a target does not tell.

export interface SlackPlace {
  readonly ts: string;
  /** Missing in receipts of old, which were a plain ts. */
  readonly channel?: string | undefined;
}

export const slackPlace = ({ ts, channel }: SlackPlace): string =>
  channel === undefined ? ts : `${channel}/${ts}`;

/** Undefined where there is no thread; `id` stands in for a channel that it does not name. */
export const parsePlace = (thread: string | undefined, id: string | undefined): SlackPlace | undefined => {
  if (thread === undefined || thread === '') return undefined;
  const [, channel = id, ts = thread] = /^([^/]+)\/(.+)$/.exec(thread) ?? [];
  return { ts, channel };
};
