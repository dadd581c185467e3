// Who is told, and after how long. A policy travels as a snapshot in its escalation's input, so tiers and delays
// of an open incident never change; who a role is just then is asked at each wake.
import type { WorkWindow } from '../work-windows.ts';
import type { Severity } from './severity.ts';

/** One step of the ladder. */
export interface TierSnapshot {
  readonly name: string;
  /** Seconds from the incident's first firing. Each tier's is above the one's before it. */
  readonly afterSeconds: number;
  /** Roles or targets (`slack:ops-alerts`) to tell. Empty for a step that only marks. */
  readonly notify: readonly string[];
  /** What the step records about the incident, such as `response_sla_missed`. */
  readonly mark?: string;
  /** Told again every so long, until the next tier that tells anybody, an answer, or `times`. Missing: told once. */
  readonly repeat?: { readonly everySeconds: number; readonly times?: number };
  /** From this tier on people are shown at least this severity. */
  readonly raiseTo?: Severity;
}

/** Times at which wakes below a severity wait. Resolved at each wake, on the wall clock of the windows' zones. */
export interface QuietHours {
  readonly windows: readonly WorkWindow[];
  /** Wakes of this severity and above are told all the same. */
  readonly below: Severity;
}

export interface PolicySnapshot {
  readonly v: 1;
  readonly pack: string;
  readonly name: string;
  readonly tiers: readonly [TierSnapshot, ...TierSnapshot[]];
  /** How long an acknowledgement holds before the ladder goes on. Without it, until the incident is resolved. */
  readonly ackExpiresSeconds?: number;
  /** Tier that an expired acknowledgement leads to; later ones follow at their distance. Missing: the last one told. */
  readonly ackExpiresTo?: string;
  /** Acknowledged for so long without being resolved, it is shown as overdue. Pages nobody. Missing: never. */
  readonly ackOverdueSeconds?: number;
  /** That is so many times the response time, and goes with it. */
  readonly ackOverdueResponses?: number;
  readonly quietHours?: QuietHours;
  /** Whether those who were told hear that it is over. Missing: they do. */
  readonly resolvedNotice?: boolean;
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
