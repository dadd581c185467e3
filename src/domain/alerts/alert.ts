// What observers tell the door (design §7), and what the door answers.
import type { WorkWindow } from '../work-windows.ts';
import type { Hold } from './hold.ts';
import type { LadderState } from './ladder.ts';
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
  /** How its series rise and fall. Missing: a report that fires opens at once, one that is fine resolves at once. */
  readonly timing?: AlertTiming;
  /** Labels by which alerts fold into one incident; empty: one for the whole rule. Missing: an incident a fingerprint. */
  readonly groupBy?: readonly string[];
  /** Whether a member that joins an acknowledged group wakes anybody. Default silent. */
  readonly onNewMember?: 'silent' | 'page';
  /** Held while one of these fires. */
  readonly inhibitedBy?: readonly Inhibition[];
  /** With `inhibitedBy`: waits so long before it opens, so that its cause may arrive first. Default 30. */
  readonly groupWaitSeconds?: number;
  /** Recurring times at which nothing is opened and nobody woken. */
  readonly windows?: readonly WorkWindow[];
}

/** How a series rises and falls. Times count instants that were looked at; all of it survives any restart. */
export interface AlertTiming {
  /** True for so long before it fires. Default 0. */
  readonly forSeconds?: number;
  /** Fine for so long, from the first look that found it so, before it resolves. Default 0. */
  readonly keepFiringSeconds?: number;
  /** Time between two looks; a gap of more than two of them is `onGap`'s. */
  readonly cadenceSeconds?: number;
  /**
   * What a gap between two looks, or looks that found no value, do to a wait that has begun: it begins anew (reset, the default), or
   * goes on where it was, and the time between does not count (hold).
   */
  readonly onGap?: 'hold' | 'reset';
  readonly noData?: UnknownPolicy;
  readonly error?: UnknownPolicy;
  readonly flap?: FlapPolicy;
}

/** What is made of a series that has no value, or whose measure failed: a state of its own, never a zero. */
interface UnknownPolicy {
  /** `keep`: the state it had; `fine`: as if it were fine; `alert`: an alert of its own kind. */
  readonly means: 'keep' | 'fine' | 'alert';
  /** Unknown in this way for so long before that happens; until then the state is kept. Default 0. */
  readonly afterSeconds?: number;
}

/** More changes than that within the time, and it is held as one alert until it has been stable for so long. */
export interface FlapPolicy {
  readonly changes: number;
  readonly withinSeconds: number;
  readonly stableSeconds: number;
}

/** The rule (of the same pack) that explains this one, where the named labels have the same values in both. */
interface Inhibition {
  readonly rule: string;
  readonly equal: readonly string[];
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
  /** What to do first, in one sentence. */
  readonly action?: string;
  /** The key that the pack wants its provider to know the alert by, as in DIAG-48; of the first wake only. */
  readonly dedupKey?: string;
}

/** One observation of one series. Its `asOf` is the home database's clock, taken inside `observe`. */
export interface Report {
  readonly rule: RuleSnapshot;
  readonly labels: Readonly<Record<string, string>>;
  /** What was looked at: a run id, or a tick. */
  readonly subject: string;
  /** When the subject began, ISO-8601: newer subjects win over older ones. */
  readonly subjectAt: string;
  /** Missing where the series is fine or unknown. */
  readonly firing?: Firing;
  /** No value, or no answer: neither firing nor fine. `firing` is what people are told where the policy says `alert`. */
  readonly unknown?: {
    readonly state: 'noData' | 'error';
    readonly message: string;
    readonly firing: Firing;
  };
  /** No band holds, but the recovery threshold is not reached: what fires goes on firing. */
  readonly notRecovered?: boolean;
  /** Of something that was over before it could have been news: what fires goes on, and nothing begins by it. */
  readonly settled?: true;
  /** The measure's database clock, ISO-8601; a run's own report is dated by the door. */
  readonly asOf?: string;
  /** A degraded ladder that already rings for this; the incident takes its id. */
  readonly ringing?: string;
}

/** That every series of a rule was looked at: those that no report names are missing. */
export interface Complete {
  readonly pack: string;
  readonly rule: string;
  readonly subject: string;
  readonly subjectAt: string;
}

/** The most incidents that one answer of the door names; reconcile hands over the rest. */
export const MOST_HAND_OVERS = 20;

/** An incident whose escalation has not heard of its newest state. */
export interface HandOver {
  readonly number: number;
  readonly seq: number;
  readonly workflowId: string;
  readonly incident: IncidentState;
  /** Where its ladder stands, so that an escalation that begins need not ask; null where it never stood anywhere. */
  readonly stored?: { readonly ladder: LadderState | null; readonly revision: number };
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
  /** Of the alert, or those that its group shares. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Only of a group: how many fire and have ever fired in it, and the ten worst. Never the whole group. */
  readonly members?: {
    readonly firing: number;
    readonly ever: number;
    readonly worst: readonly Member[];
  };
  readonly onNewMember?: 'silent' | 'page';
  /** What held its last wake back, while it still does. News without it: nothing does any more. */
  readonly held?: Hold;
}

/** One alert of a group. */
export interface Member {
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
  readonly summary: string;
}

/** The most members that cross into a message or a history. */
export const WORST_MEMBERS = 10;
