// What the channels are told about this installation. Read from the environment by src/config/channels.ts, which
// may not import this and is held to it by the compiler where both meet.

export interface SlackSettings {
  /** Incoming webhooks, each posting where it is bound: `''` for the address `webhook`, `SHOP` for `webhook-shop`. */
  readonly webhooks?: Readonly<Record<string, string>>;
  /** For every other address, which is a channel's name or id. */
  readonly botToken?: string;
  /** Default `https://slack.com/api/`. */
  readonly apiUrl?: string;
}

export interface WebhookSettings {
  readonly url: string;
  /** Signs every message. */
  readonly secret: string;
  /** Default `sexton`. */
  readonly format?: WebhookFormatName;
}

/** Whose words a webhook is told in: Sexton's own, or those of Alertmanager's. */
export type WebhookFormatName = 'sexton' | 'alertmanager';

export interface EmailSettings {
  /** `smtp://user:password@host:587`, encrypted by STARTTLS, or `smtps://…`, encrypted at once. */
  readonly smtpUrl: string;
  /** An address, or `Name <address>`. */
  readonly from: string;
}

export interface PagerDutySettings {
  /** Integration keys of services by `addressSuffix` of their target; plain `pagerduty` under the empty one. */
  readonly routingKeys: Readonly<Record<string, string>>;
  /** Default `https://events.pagerduty.com/v2/enqueue`. */
  readonly apiUrl?: string;
}

export interface SentrySettings {
  readonly dsn: string;
  /** Whether schedules check in. */
  readonly checkIns: boolean;
  /** As Sentry shows it; its own default (`production`) where it is not given. */
  readonly environment?: string;
}

/** A channel without settings is not to be had; `log` always is. */
export interface ChannelSettings {
  readonly pagerduty?: PagerDutySettings;
  readonly sentry?: SentrySettings;
  readonly slack?: SlackSettings;
  /** By `addressSuffix` of their target; plain `webhook` under the empty one. */
  readonly webhook?: Readonly<Record<string, WebhookSettings>>;
  readonly email?: EmailSettings;
}
