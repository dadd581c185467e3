// A monitor as it travels: measures, rules and cadence, whole, in its workflow's input.
import type { RuleSnapshot } from '../alerts/alert.ts';
import type { Severity } from '../alerts/severity.ts';
import type { Condition } from './condition.ts';
import type { TickWrite } from './writes.ts';

/** A measure by its kind; what else it says is the kind's own (src/activities/measures). */
export interface MeasureSnapshot {
  readonly kind: string;
  /** The longest that taking it may last. */
  readonly timeoutSeconds: number;
  /** Plain data, checked by the kind. */
  readonly with: Readonly<Record<string, unknown>>;
  /** Kept for reports and metrics, though nothing asks for it. */
  readonly keep?: true;
}

/** One severity of a rule. Bands of one rule are one alert that rises and falls; the last that holds counts. */
export interface RuleBand {
  readonly severity: Severity;
  readonly severityWord: string;
  readonly alertType: string;
  readonly when: Condition;
  /** Once it fires it holds until this is true; only of the lowest band. Default: until `when` is false. */
  readonly recovers?: Condition;
  /** What to do first, in one sentence. */
  readonly action: string;
  readonly runbook?: string;
  /** The second tier of its severity's policy comes after so long (DRAFT-62); built into the routes already. */
  readonly responseSeconds?: number;
}

/** A constant, or `{name}` alone for the value of that name as it is: a number, a text, or null. */
type Field = string | number | boolean | null;

/** A list of texts is a constant. */
export type Fields = Readonly<Record<string, Field | readonly string[]>>;

/** A number in words: those of the last limit that it is strictly above. */
export interface InWords {
  readonly of: string;
  readonly above: readonly (readonly [limit: number, word: string])[];
  readonly otherwise: string;
  /** Where there is no number. */
  readonly none: string;
}

/** One JSON object a series of a measure. */
export interface RecordSnapshot {
  readonly measure: string;
  readonly fields: Readonly<Record<string, Field | InWords>>;
}

/** What people are told where a rule cannot be judged and its policy for that says `alert`. */
export type UnknownBand = Pick<RuleBand, 'severity' | 'severityWord' | 'alertType' | 'action' | 'runbook'>;

export interface MonitorRule {
  /** Identity, routes, timing, groups, holds: the door's part. */
  readonly rule: RuleSnapshot;
  /** Ascending in severity. */
  readonly bands: readonly [RuleBand, ...RuleBand[]];
  /** One sentence with `{value}`, `{limit}`, and names of labels and measures in braces. */
  readonly summary: string;
  /** How its provider is to know the alert (DIAG-48); label names in braces. */
  readonly dedupKey?: string;
  readonly noData: UnknownBand;
  readonly error: UnknownBand;
  /** The pack's own words, for a severity that is set at run time. */
  readonly severityWords?: Readonly<Partial<Record<Severity, string>>>;
  /** Judged at every nth tick only, counted from the epoch in steps of the cadence. Default 1. */
  readonly every?: number;
  /** Judged only while this holds for its series, else left as it is. */
  readonly while?: Condition;
  /** Below so many counted things there is nothing to judge: no data. */
  readonly minimum?: { readonly measure: string; readonly atLeast: number };
  /** Fields of the alert's payload besides the engine's own; `{name}` alone is the value of that name. */
  readonly payload?: Fields;
}

export interface MonitorSnapshot {
  readonly v: 1;
  readonly pack: string;
  readonly name: string;
  readonly summary: string;
  /** Role that answers for it. */
  readonly owner: string;
  readonly runbook?: string;
  /** Shortest time between two ticks. */
  readonly cadenceSeconds: number;
  readonly measures: Readonly<Record<string, MeasureSnapshot>>;
  readonly rules: readonly MonitorRule[];
  /** Told of each series at each tick, whether or not anything fires. */
  readonly records?: readonly RecordSnapshot[];
  /** What a tick leaves in databases of its pack. */
  readonly writes?: readonly TickWrite[];
}
