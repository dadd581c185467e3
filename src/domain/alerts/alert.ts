// What observers tell the door (design §7), and what the door answers.
import type { PolicySnapshot } from './policy.ts';
import type { Severity } from './severity.ts';

/** A rule as far as the door must know it; travels in the job's snapshot. */
export interface RuleSnapshot {
  readonly pack: string;
  /** Unique in its pack; part of every fingerprint and incident id. */
  readonly name: string;
  /** Severity → policy of who is told. A severity without one opens an incident that tells nobody. */
  readonly routes: Readonly<Partial<Record<Severity, PolicySnapshot>>>;
  /** A re-fire within this time of resolving opens the same incident again. */
  readonly reopenWithinSeconds: number;
  /** Resolved by hand while still true: opens again after this time. */
  readonly reopenAfterSeconds: number;
}

/** What is wrong now, in the words of the band that fired. */
export interface Firing {
  readonly severity: Severity;
  readonly severityWord: string;
  readonly alertType: string;
  readonly summary: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly runbook?: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** One observation of one series. Its `asOf` is the home database's clock, taken inside `observe`. */
export interface Report {
  readonly rule: RuleSnapshot;
  readonly labels: Readonly<Record<string, string>>;
  /** What was looked at: a run id, or a tick. */
  readonly subject: string;
  /** When the subject began, ISO-8601: newer subjects win over older ones. */
  readonly subjectAt: string;
  /** Missing where the series is fine. */
  readonly firing?: Firing;
  /** A degraded ladder that already rings for this; the incident takes its id. */
  readonly ringing?: string;
}

/** An incident whose escalation has not heard of its newest state. */
export interface HandOver {
  readonly number: number;
  readonly seq: number;
  readonly workflowId: string;
  readonly incident: IncidentState;
}

/** The whole present state of an incident, as its escalation is told it. */
export interface IncidentState {
  /** `<pack>/<rule>/<number>`. */
  readonly id: string;
  readonly number: number;
  readonly seq: number;
  readonly state: 'open' | 'resolved';
  readonly firing: Firing;
  readonly firstFiredAt: string;
  readonly policy: PolicySnapshot | undefined;
  readonly reopenWithinSeconds: number;
}
