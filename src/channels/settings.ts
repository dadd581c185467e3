// What the channels are told about this installation. Read from the environment by src/config/channels.ts, which
// may not import this and is held to it by the compiler where both meet.

export interface SlackSettings {
  /** Incoming webhook, for the address `webhook`: it posts where it is bound and nowhere else. */
  readonly webhookUrl?: string;
  /** For every other address, which is a channel's name or id. */
  readonly botToken?: string;
  /** Default `https://slack.com/api/`. */
  readonly apiUrl?: string;
}

export interface WebhookSettings {
  readonly url: string;
  /** Signs every message. */
  readonly secret: string;
}

/** A channel without settings is not to be had; `log` always is. */
export interface ChannelSettings {
  readonly slack?: SlackSettings;
  readonly webhook?: WebhookSettings;
}
