// Who is told, and after how long. A policy travels as a snapshot in its escalation's input, so tiers and delays
// of an open incident never change; who a role is just then is asked at each wake.

/** One step of the ladder. */
export interface TierSnapshot {
  readonly name: string;
  /** Seconds from the incident's first firing. Each tier's is above the one's before it. */
  readonly afterSeconds: number;
  /** Roles or targets (`slack:ops-alerts`) to tell. Empty for a step that only marks. */
  readonly notify: readonly string[];
  /** What the step records about the incident, such as `response_sla_missed`. */
  readonly mark?: string;
}

export interface PolicySnapshot {
  readonly v: 1;
  readonly pack: string;
  readonly name: string;
  readonly tiers: readonly [TierSnapshot, ...TierSnapshot[]];
  /** How long an acknowledgement holds before the ladder goes on. Without it, until the incident is resolved. */
  readonly ackExpiresSeconds?: number;
  /** A channel that the severity calls for is not to be had, so the notices say so (SLA-74). */
  readonly degradedRouting?: boolean;
  /** Targets of each role as they were when the snapshot was made, for when nobody can be asked. */
  readonly people: Readonly<Record<string, readonly string[]>>;
}

/** An address in a channel: `slack:ops-alerts`, or `log`, which needs none. */
export interface Target {
  readonly channel: string;
  readonly address: string;
}

export const parseTarget = (text: string): Target => {
  const colon = text.indexOf(':');
  return colon < 0
    ? { channel: text, address: '' }
    : { channel: text.slice(0, colon), address: text.slice(colon + 1) };
};

export const formatTarget = ({ channel, address }: Target): string =>
  address ? `${channel}:${address}` : channel;
