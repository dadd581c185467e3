// A Slack workspace in memory: its channels, and every message that it took.

interface SlackChannelState {
  /** The bot is in it. Default true. */
  readonly member?: boolean;
  readonly archived?: boolean;
  /** Webhooks may not post there. */
  readonly restricted?: boolean;
}

interface SlackChannel extends Required<SlackChannelState> {
  readonly id: string;
  readonly name: string;
}

interface SlackMetadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, unknown>>;
}

/** A message as somebody sends it. */
export interface SlackPost {
  readonly text: string;
  readonly blocks: readonly Readonly<Record<string, unknown>>[];
  readonly metadata: SlackMetadata | undefined;
  /** Message that it answers to. */
  readonly threadTs?: string;
  /** Shown in the channel too, not in its thread only. */
  readonly broadcast?: boolean;
}

/** A message that Slack took, whether or not the sender heard of it. */
export interface SlackMessage extends SlackPost {
  /** ISO-8601, by the clock that the fake was given. */
  readonly at: string;
  /** Unix time by the machine's clock, with six digits; Slack's id of the message in its channel. */
  readonly ts: string;
  readonly channel: SlackChannel;
  /** The way it came. */
  readonly via: 'webhook' | 'chat.postMessage';
}

export interface SlackWorkspace {
  readonly messages: readonly SlackMessage[];
  readonly channels: () => readonly SlackChannel[];
  /** Makes a channel, or changes it. */
  readonly setChannel: (name: string, state?: SlackChannelState) => SlackChannel;
  readonly removeChannel: (name: string) => void;
  /** By id, name or `#name`. */
  readonly find: (idOrName: string) => SlackChannel | undefined;
  /** One message a second and channel from now on, or no limit again. Default: no limit. */
  readonly limitRate: (on: boolean) => void;
  /** True where there is a limit, and the channel had a message less than a second ago. */
  readonly isBusy: (channel: SlackChannel) => boolean;
  /** Puts new words into a message and keeps what they leave out. */
  readonly update: (message: SlackMessage, words: Partial<SlackPost>) => SlackMessage;
  /** Deletes a message, as a person may. */
  readonly remove: (ts: string | undefined) => void;
  /** Every change of a message, in order. */
  readonly updates: readonly SlackMessage[];
  readonly post: (channel: SlackChannel, via: SlackMessage['via'], post: SlackPost) => SlackMessage;
  readonly onMessage: (listener: (message: SlackMessage) => void) => () => void;
}

export const createWorkspace = (now: () => number): SlackWorkspace => {
  const channels = new Map<string, SlackChannel>();
  const messages: SlackMessage[] = [];
  const updates: SlackMessage[] = [];
  const listeners = new Set<(message: SlackMessage) => void>();
  let lastMicros = 0;
  let limited = false;
  let lastId = 0;

  const newId = (): string => {
    lastId += 1;
    return `C0${`${lastId}`.padStart(8, '0')}`;
  };

  const stamp = (): string => {
    lastMicros = Math.max(lastMicros + 1, Date.now() * 1000);
    return `${Math.floor(lastMicros / 1e6)}.${`${lastMicros % 1e6}`.padStart(6, '0')}`;
  };

  return {
    messages,
    updates,
    channels: () => [...channels.values()],
    setChannel: (name, state = {}) => {
      const id = channels.get(name)?.id ?? newId();
      const channel = { member: true, archived: false, restricted: false, ...state, id, name };
      channels.set(name, channel);
      return channel;
    },
    removeChannel: (name) => {
      channels.delete(name);
    },
    find: (idOrName) =>
      channels.get(idOrName.replace(/^#/, '')) ?? [...channels.values()].find(({ id }) => id === idOrName),
    limitRate: (on) => {
      limited = on;
    },
    isBusy: (channel) =>
      limited &&
      messages.some(({ channel: { id }, at }) => id === channel.id && now() - Date.parse(at) < 1000),
    update: (message, words) => {
      const changed = { ...message, ...words };
      messages[messages.findIndex(({ ts }) => ts === message.ts)] = changed;
      updates.push(changed);
      return changed;
    },
    remove: (ts) => {
      const place = messages.findIndex((each) => each.ts === ts);
      if (place >= 0) messages.splice(place, 1);
    },
    post: (channel, via, post) => {
      const message = { ...post, at: new Date(now()).toISOString(), ts: stamp(), channel, via };
      messages.push(message);
      for (const listener of listeners) listener(message);
      return message;
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
