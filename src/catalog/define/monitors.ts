// What a team writes of its monitors: what is measured how often, and the rules that it is judged by. Plain data, so that
// all of it can be shown, tuned at run time and replayed; checked when its pack is loaded.
import type { Severity } from '../../domain/alerts/severity.ts';
import type { Routes } from './alerts.ts';
import type { MeasureDefinition } from './measures.ts';
import type { WindowDefinition } from './throttle.ts';

/** The value against what it usually was in the ticks before. Without enough samples it holds for nothing. */
export interface RatioDefinition {
  /** Strict: 2 is more than twice. */
  readonly above?: number;
  /** Strict: 0.5 is less than half. */
  readonly below?: number;
  readonly to: 'mean' | 'median';
  /** How far back: `14d`. */
  readonly over: string;
  readonly minimumSamples: number;
}

/** What is asked of a measure. `above` and `below` are strict. A value that is not there meets nothing but `absentFor`. */
export type ConditionDefinition =
  | { readonly measure: string; readonly above: number }
  | { readonly measure: string; readonly atLeast: number }
  | { readonly measure: string; readonly below: number }
  | { readonly measure: string; readonly atMost: number }
  | { readonly measure: string; readonly equals: number }
  /** Each of the last so many values is above the one before it. */
  | { readonly measure: string; readonly increasing: number }
  /** Always the same value, for so long. */
  | { readonly measure: string; readonly unchangedFor: string }
  /** No value, for so long. */
  | { readonly measure: string; readonly absentFor: string }
  | { readonly measure: string; readonly ratio: RatioDefinition }
  | { readonly any: readonly ConditionDefinition[] }
  | { readonly all: readonly ConditionDefinition[] };

/** One severity of a rule. */
export interface RuleBandDefinition {
  readonly severity: Severity;
  /** Name of the band; not part of the alert's identity. */
  readonly alertType: string;
  readonly when: ConditionDefinition;
  /** Once the rule fires it holds until this is true. Only in the first band. Default: until `when` is false. */
  readonly recovers?: ConditionDefinition;
  /** What to do first, in one sentence. */
  readonly action: string;
  /** Name below RUNBOOK_BASE_URL, or a whole address. Default: the monitor's. */
  readonly runbook?: string;
  /** Replaces the wait of the first tier of its severity's policy; the tiers after it keep their distance. */
  readonly response?: string;
}

/** What becomes of a series that has no value, or whose measure failed. */
export interface UnknownDefinition {
  /** `keep` the state it had, take it to be `fine`, or `alert` somebody. */
  readonly means: 'keep' | 'fine' | 'alert';
  /** Until then its state is kept. Default: two looks, so that one that found nothing is no news. */
  readonly after?: string;
  /** Of `alert`. Default: the first band's. */
  readonly severity?: Severity;
  /** Of `alert`. Default `no_data`, or `measure_failed`. */
  readonly alertType?: string;
  /** What to do first. */
  readonly action?: string;
  /** Name below RUNBOOK_BASE_URL, or a whole address. Default: the monitor's. */
  readonly runbook?: string;
}

/** What is wrong when, how bad, and who is told. */
export interface RuleDefinition {
  /** Unique in its pack, but for a job's own rule of this name: then both are one. */
  readonly name: string;
  /** One sentence with `{value}`, `{limit}`, and names of labels and measures in braces; `{value:1}` has one decimal. */
  readonly summary: string;
  /** Ascending in severity. One alert rises and falls through them; the last that holds counts. */
  readonly bands: readonly RuleBandDefinition[];
  /** True for so long before it fires. Default `0s`. */
  readonly for?: string;
  /** Fine for so long before it resolves. Default `0s`. */
  readonly keepFiring?: string;
  /** What a gap of more than two looks does to a wait that has begun. Default `reset`. */
  readonly onGap?: 'hold' | 'reset';
  /** No value. Default `alert` after two looks; with a `minimum`, `keep`. */
  readonly noData?: UnknownDefinition['means'] | UnknownDefinition;
  /** A measure failed. Default `alert` after two looks. */
  readonly error?: UnknownDefinition['means'] | UnknownDefinition;
  /** More changes than that within the time, and it is held as one alert until it was stable for so long. */
  readonly flap?: { readonly changes: number; readonly within: string; readonly stable: string };
  /** Below so many there is nothing to judge: no data. */
  readonly minimum?: { readonly measure: string; readonly atLeast: number };
  /** Judged at every nth tick only. Default 1. */
  readonly every?: number;
  /** Judged only while this holds, else left as it is. */
  readonly while?: ConditionDefinition;
  /** Labels by which alerts fold into one incident; an empty list: one for the whole rule. Default: an incident a series. */
  readonly groupBy?: readonly string[];
  /** Whether a series that joins an acknowledged group wakes anybody. Default `silent`. */
  readonly onNewMember?: 'silent' | 'page';
  /** Rules of the pack that explain this one: held while they fire for the same values of the labels in `equal`. */
  readonly inhibitedBy?: readonly (string | { readonly rule: string; readonly equal?: readonly string[] })[];
  /** With `inhibitedBy`: waits so long before it opens, so that its cause may arrive first. Default `30s`. */
  readonly groupWait?: string;
  /** Recurring times at which nothing is opened and nobody woken. */
  readonly windows?: readonly WindowDefinition[];
  /** A re-fire within this time of resolving opens the same incident again. Default `5m`. */
  readonly reopenWithin?: string;
  /** Resolved by hand while still true: opens again after this time. Default `30m`. */
  readonly reopenAfter?: string;
  /** Where they differ from the pack's. */
  readonly routes?: Routes;
  /** Where they differ from the pack's. */
  readonly severityNames?: Readonly<Partial<Record<Severity, string>>>;
  /** How its provider is to know the alert; names of labels in braces. */
  readonly dedupKey?: string;
  /**
   * Fields of the alert's payload besides the engine's own; one may be a list of texts. A field `fired_at` keeps the value that
   * it had when the alert began.
   */
  readonly payload?: Readonly<Record<string, FieldsDefinition[string] | readonly string[]>>;
}

/**
 * Field → a constant, or `{name}` alone for a value as it is, `{name:1}` for one with one decimal: of a label, a measure or a field of its payload, and `value`,
 * `limit`, `rule` and `tick`; in a payload also `condition` (`pollution > 30`) and `response_minutes` of the band that holds.
 * What is not there is null.
 */
type FieldsDefinition = Readonly<Record<string, string | number | boolean | null>>;

/** A number in words: those of the last limit that it is strictly above. */
interface InWordsDefinition {
  /** Measure of the monitor. */
  readonly of: string;
  /** Ascending. */
  readonly above: readonly (readonly [limit: number, word: string])[];
  readonly otherwise: string;
  /** Where there is no number. */
  readonly none: string;
}

/** One JSON object a series of a measure at each tick: logged, and part of the evaluation's result. At most 50 a tick. */
export interface RecordDefinition {
  readonly measure: string;
  readonly fields: Readonly<Record<string, FieldsDefinition[string] | InWordsDefinition>>;
}

/** What a tick leaves in a database of the pack's own, after it was judged: a snapshot of its figures, say. */
interface WriteDefinition {
  /** Unique in its monitor; told where it fails. */
  readonly name: string;
  readonly database: string;
  /**
   * One INSERT, UPDATE, DELETE, MERGE or WITH. `:tick` is the tick, `:<measure>` the measure's value, null where it has none or
   * several. It may run more than once for a tick, so it must bear that: `ON CONFLICT DO NOTHING`.
   */
  readonly sql: string;
  /** Only at ticks that are whole multiples of it, `1h`: every full hour. Default: every tick. */
  readonly every?: string;
}

/** What is looked at, how often, and the rules that judge it. */
export interface MonitorDefinition {
  /** Unique in its pack; lower case, digits, `_` and `-`. */
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** Role that answers for it. */
  readonly owner: string;
  /** Five cron fields, or `every 25m` from midnight on, in UTC. */
  readonly schedule: string;
  /** Runbook's name below RUNBOOK_BASE_URL, or a whole address. */
  readonly runbook?: string;
  /** By name; each must be used by a rule, a record or a write, or say `keep`. */
  readonly measures: Readonly<Record<string, MeasureDefinition>>;
  readonly rules: readonly RuleDefinition[];
  /** What it says of itself at every tick, whether or not anything fires. */
  readonly records?: readonly RecordDefinition[];
  /** What its ticks leave in the pack's own databases. */
  readonly writes?: readonly WriteDefinition[];
}

/** Gives a monitor its types; it is checked when its pack is loaded. */
export const defineMonitor = (monitor: MonitorDefinition): MonitorDefinition => monitor;
