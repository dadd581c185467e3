// What a team writes about being woken: policies, routes, roles, and what a job says of its own runs. People and rotations
// are people.ts's.
import type { Severity } from '../../domain/alerts/severity.ts';
import type { WindowDefinition } from './throttle.ts';

/** Severity → name of a policy of the pack, or the built-in `log-only`. */
export type Routes = Readonly<Partial<Record<Severity, string>>>;

/** Role → what it stands for, one or more: targets (`slack:ops-alerts`, `log`), people and rotations. */
export type Roles = Readonly<Record<string, readonly string[]>>;

/** One step of a ladder. It tells somebody, marks the incident, or both. */
export interface TierDefinition {
  /** Unique in its policy; stands in messages and receipts. */
  readonly name: string;
  /** From the incident's first firing: `0s` for the first tier, then rising (`15m`, `24h`). */
  readonly after: string;
  /** Roles, people and rotations of sexton.config.ts, or targets such as `slack:webhook` and `log`. */
  readonly notify?: readonly string[];
  /** What the step records about the incident, such as `response_sla_missed`. */
  readonly mark?: string;
  /**
   * Told again every so long, until somebody answers, the next tier that tells anybody comes, or it was repeated `times`
   * times. Default: told once.
   */
  readonly repeat?: { readonly every: string; readonly times?: number };
  /** From this tier on people are shown at least this severity, and quiet hours go by it. */
  readonly raiseTo?: Severity;
}

/** When wakes wait until it is over, unless they are severe enough. */
export interface QuietHoursDefinition {
  readonly windows: readonly WindowDefinition[];
  /** Wakes of this severity and above are told all the same. */
  readonly below: Severity;
}

/** Who is told, and after how long. */
export interface PolicyDefinition {
  /** Unique in its pack. */
  readonly name: string;
  readonly tiers: readonly TierDefinition[];
  /** How long an acknowledgement holds before the ladder goes on. Default: until the incident is resolved. */
  readonly ackExpires?: string;
  /** Tier that an expired acknowledgement leads to; those after it keep their distance. Default: the last one told. */
  readonly ackExpiresTo?: string;
  /**
   * Acknowledged for so long without being resolved it is shown as overdue; that pages nobody. `{ responses: 4 }` is four times
   * the response time of the band that fires, which is when the second tier comes. Default: never.
   */
  readonly ackOverdue?: string | { readonly responses: number };
  /** Default: none. */
  readonly quietHours?: QuietHoursDefinition;
  /** Whether those who were told hear that it is over. Default true. */
  readonly resolvedNotice?: boolean;
  /** A channel that the severity calls for is not to be had, and every notice says so (SLA-74). Default false. */
  readonly degradedRouting?: boolean;
}

/** What a run says of itself once it has used more than a share of its budget. */
export interface BandDefinition {
  /** Percent of the budget, excluded: at exactly 80 a band above 80 does not fire (SLA-112). */
  readonly above: number;
  readonly severity: Severity;
  /** Name of the band; not part of the alert's identity (SLA-06). */
  readonly alertType: string;
  /** What to do first, in one sentence. */
  readonly action: string;
  /** Name below RUNBOOK_BASE_URL, or a whole address. Default: the job's. */
  readonly runbook?: string;
}

/** A job's rule for its time budget. */
export interface BudgetAlertDefinition {
  /** Jobs may share a rule; each is an alert of its own. Default `budget`. */
  readonly rule?: string;
  /** In ascending order. Default: above 80 warning `budget_nearing`, above 100 critical `budget_exceeded`. */
  readonly bands?: readonly BandDefinition[];
  /** Where they differ from the pack's. */
  readonly routes?: Routes;
}

/** A job's rule for runs that fail or are blocked. */
export interface FailureAlertDefinition {
  /** Default `failure`. */
  readonly rule?: string;
  /** Default `high`. */
  readonly severity?: Severity;
  /** Default `run_failed`. */
  readonly alertType?: string;
  /** What to do first, in one sentence. */
  readonly action?: string;
  /** Name below RUNBOOK_BASE_URL, or a whole address. Default: the job's. */
  readonly runbook?: string;
  /** Where they differ from the pack's. */
  readonly routes?: Routes;
}

/** What a job says of its own runs; both rules are on unless they are `false`. */
export interface JobAlertsDefinition {
  readonly budget?: false | BudgetAlertDefinition;
  /** `false` where a lone failure is no alert, as in sla-monitoring (SLA-114). */
  readonly failure?: false | FailureAlertDefinition;
  /** A re-fire within this time of resolving opens the same incident again. Default `5m`. */
  readonly reopenWithin?: string;
  /** Resolved by hand while still true: opens again after this time. Default `30m`. */
  readonly reopenAfter?: string;
}

/** Gives a policy its types; it is checked when its pack is loaded. */
export const definePolicy = (policy: PolicyDefinition): PolicyDefinition => policy;
