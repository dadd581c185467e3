// What a health check is and answers: probes side by side, each PASS, WARN or FAIL. Plain data; field names of reports are
// those that specifications fix (SLA-80, DRAFT-34).
import type { HandOver, RuleSnapshot } from '../alerts/alert.ts';
import type { Severity } from '../alerts/severity.ts';
import type { Band } from '../jobs/job.ts';

/** Checks that are run side by side. */
export const CHECKS_AT_ONCE = 10;

/** How long they may take where each takes all of its time. */
export const longestSeconds = (checks: readonly { readonly timeoutSeconds: number }[]): number =>
  Math.ceil(checks.length / CHECKS_AT_ONCE) * Math.max(0, ...checks.map((check) => check.timeoutSeconds));

/** In ascending order of badness. */
export const HEALTH_STATUSES = ['PASS', 'WARN', 'FAIL'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

/** Overall it is as bad as the worst of them (SLA-47); nothing that was asked is nothing that is wrong. */
export const worstStatus = (statuses: readonly HealthStatus[]): HealthStatus =>
  HEALTH_STATUSES.findLast((status) => statuses.includes(status)) ?? 'PASS';

/** As numbers, for samples and metrics: 0, 1, 2. */
export const statusNumber = (status: HealthStatus): number => HEALTH_STATUSES.indexOf(status);

/** One check as its report tells it; kinds add figures of their own, such as `locks_found`. */
export interface CheckResult {
  readonly name: string;
  readonly status: HealthStatus;
  /** Whole milliseconds, of checks that reach somebody. */
  readonly latency_ms?: number;
  /** In words why it does not pass. */
  readonly error?: string;
  /** The number that it was judged by; null where there was none. */
  readonly value?: number | null;
  readonly [figure: string]: unknown;
}

export interface HealthReport {
  readonly status: HealthStatus;
  /** In the order of their declaration. */
  readonly checks: readonly CheckResult[];
  /** The home database's clock as they began, ISO-8601 in whole seconds. */
  readonly timestamp: string;
}

/** One check by its kind; what else it says is the kind's own (check-params.ts). */
export interface CheckSnapshot {
  readonly name: string;
  /** As people are shown it: `Index: idx_quiz_responses_created_at`. */
  readonly label: string;
  readonly kind: string;
  /** It fails after so long without an answer. */
  readonly timeoutSeconds: number;
  /** Plain data, checked by the catalog. */
  readonly with: Readonly<Record<string, unknown>>;
}

/** What is told of checks that do not pass: one alert a check, which rises and falls. */
export interface HealthAlerts {
  readonly rule: RuleSnapshot;
  /** Missing: a warning is shown and alerts nobody. */
  readonly warn?: Band;
  readonly fail?: Band;
}

export interface HealthSnapshot {
  readonly v: 1;
  readonly pack: string;
  readonly name: string;
  readonly summary: string;
  /** Role that answers for it. */
  readonly owner: string;
  readonly runbook?: string;
  /** Shortest time between two ticks. */
  readonly cadenceSeconds: number;
  readonly checks: readonly CheckSnapshot[];
  /** Missing: nobody is alerted. */
  readonly alerts?: HealthAlerts;
  /** Names that each scheduled report is sent to as a summary. */
  readonly summaryTo: readonly string[];
}

/** Input of the `healthCheck` workflow. */
export interface HealthInput {
  readonly v: 1;
  readonly check: HealthSnapshot;
  /** After so long without an answer from Postgres, people are told without it. */
  readonly ringAfterSeconds: number;
  /** Missing: by its schedule. */
  readonly by?: string;
}

export interface CheckHealthInput extends Omit<HealthInput, 'v'> {
  /** The tick as it was planned, ISO-8601. */
  readonly tick: string;
}

/** What came of a tick's checks. */
export interface Checked {
  readonly tick: string;
  readonly report: HealthReport;
  /** A newer tick was told already, so this one was neither told nor stored. */
  readonly superseded?: true;
  /** Only of one that a person asked for: why nobody could be told and nothing stored. */
  readonly unstored?: string;
  /** The summary as it was written down to be sent; only of a tick of the schedule. */
  readonly letter?: number;
  /** How many checks alert somebody. */
  readonly firing: number;
  /** The worst that fires. */
  readonly severity?: Severity;
  readonly handOvers: readonly HandOver[];
}

/** Result of the `healthCheck` workflow. */
export interface HealthResult extends Omit<Checked, 'handOvers' | 'report'> {
  /** Missing where Sexton's own database did not answer. */
  readonly report?: HealthReport;
  /** Numbers of incidents that were handed over. */
  readonly incidents: readonly number[];
  /** Nothing could be told; the ladder that tells people so. */
  readonly rang?: string;
  /** What became of the summary, a line a target. */
  readonly told?: readonly string[];
}

/** What the `state` query answers. */
export interface HealthState {
  readonly pack: string;
  readonly check: string;
  readonly state: 'checking' | 'pass' | 'warn' | 'fail' | 'superseded' | 'rang';
  readonly tick: string;
  readonly result?: HealthResult;
}

/** The report of results, which brings them together; `at` is any ISO instant. */
export const healthReport = (checks: readonly CheckResult[], at: string): HealthReport => ({
  status: worstStatus(checks.map(({ status }) => status)),
  checks,
  timestamp: `${new Date(at).toISOString().slice(0, 19)}Z`,
});
