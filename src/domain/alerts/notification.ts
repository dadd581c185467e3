// One message to one target, as data. Channels only put it into their provider's words.
import type { Severity } from './severity.ts';

export interface Notification {
  /** The same on every retry of the same send; the provider's idempotency key where it takes one. */
  readonly key: string;
  /** `<pack>/<rule>/<number>`, or the degraded workflow's id while no number could be given. */
  readonly incident: string;
  /** What is told: that it fires (missing too), or to those who were told that, that somebody has it or that it is over. */
  readonly status?: 'firing' | 'acknowledged' | 'resolved';
  readonly labels?: Readonly<Record<string, string>>;
  /** Only of a group: how many fire, and the worst of them in words. */
  readonly members?: { readonly firing: number; readonly worst: readonly string[] };
  /** What to do first, in one sentence. */
  readonly action?: string;
  readonly severity: Severity;
  /** The pack's own word for the severity. */
  readonly severityWord: string;
  /** The band's name, e.g. `sla_breach_critical`. */
  readonly alertType: string;
  /** One sentence: what broke and how bad. */
  readonly summary: string;
  readonly since: string;
  /** Only of a resolved notice: when it ended, ISO-8601. */
  readonly endedAt?: string;
  readonly tier: string;
  /** What happens next and when, or that nothing does. */
  readonly next: string;
  /** Name and value, in the order in which a person wants them. */
  readonly facts: readonly (readonly [string, string])[];
  readonly runbook?: string;
  /** Command that acknowledges it. */
  readonly acknowledge: string;
  /** Machine-readable alert, e.g. SLA-78's fields; goes out whole where a channel can carry it. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** A channel that should have been used is not configured (SLA-74). */
  readonly degradedRouting: boolean;
  /** Postgres did not answer, so rows and counts are missing. */
  readonly stateStoreUnreachable: boolean;
}

/** What the provider said. `id` finds the message again, where the provider gives one. */
export interface Receipt {
  readonly id?: string;
  /** The provider may have taken the message twice: it takes no key and an earlier try ended unclear. */
  readonly possiblyDoubled?: boolean;
}
