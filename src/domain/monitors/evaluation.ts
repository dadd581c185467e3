// What an evaluation is asked and answers. It crosses into history, so it is counts, and never a series.
import type { HandOver } from '../alerts/alert.ts';
import type { Severity } from '../alerts/severity.ts';
import type { MonitorSnapshot } from './monitor.ts';
import type { MonitorRecord } from './record.ts';

/** Input of the `monitor` workflow. */
export interface MonitorInput {
  readonly v: 1;
  readonly monitor: MonitorSnapshot;
  /** After so long without an answer from Postgres, people are told without it. */
  readonly ringAfterSeconds: number;
  /** Missing: by its schedule. */
  readonly by?: string;
}

export interface EvaluateInput {
  readonly monitor: MonitorSnapshot;
  /** The tick as it was planned, ISO-8601. */
  readonly tick: string;
  readonly ringAfterSeconds: number;
}

/** How a rule stands at a tick, over all its series. */
export interface RuleResult {
  readonly rule: string;
  readonly series: number;
  readonly firing: number;
  /** Without a value, or with a measure that failed. */
  readonly unknown: number;
  readonly skipped?: 'every' | 'while';
}

interface FailedMeasure {
  readonly measure: string;
  readonly type: string;
  readonly message: string;
}

/** One alert as an evaluation tells of it. */
interface Raised {
  readonly rule: string;
  readonly alertType: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
}

/** More alerts of one evaluation than these are counted only. */
export const RAISED_TOLD = 20;

/** More failures of one evaluation than these are counted only. */
export const FAILURES_TOLD = 10;

export interface Evaluation {
  /** The tick that was evaluated: the newest one, where the one that was asked for had passed. */
  readonly tick: string;
  /** A newer tick was evaluated already, so nothing was done. */
  readonly superseded?: true;
  readonly measures: number;
  readonly series: number;
  readonly failures: number;
  readonly failed: readonly FailedMeasure[];
  readonly rules: readonly RuleResult[];
  /** The worst that fires. */
  readonly severity?: Severity;
  /** What fires, the first of it. */
  readonly raised?: readonly Raised[];
  /** What the monitor says of itself at every tick. */
  readonly records?: readonly MonitorRecord[];
  readonly handOvers: readonly HandOver[];
}

/** Result of the `monitor` workflow. */
export interface MonitorResult extends Omit<Evaluation, 'handOvers'> {
  readonly firing: number;
  /** Numbers of incidents that were handed over. */
  readonly incidents: readonly number[];
  /** Nothing could be evaluated; the ladder that tells people so. */
  readonly rang?: string;
}

/** What the `state` query of a monitor answers. */
export interface MonitorState {
  readonly pack: string;
  readonly monitor: string;
  readonly state: 'evaluating' | 'fine' | 'firing' | 'superseded' | 'rang';
  readonly tick: string;
  readonly result?: MonitorResult;
}

export const firingOfRules = (rules: readonly RuleResult[]): number =>
  rules.reduce((sum, { firing }) => sum + firing, 0);

/**
 * The newest tick by `now`. After an outage the open evaluation is of a tick that has long passed; what it finds is of
 * now, and the ticks between are not made up.
 */
export const newestTick = (tick: string, now: string, cadenceSeconds: number): string => {
  const [tickMs, cadenceMs] = [Date.parse(tick), cadenceSeconds * 1000];
  const passed = Math.floor((Date.parse(now) - tickMs) / cadenceMs);
  return new Date(tickMs + Math.max(0, passed) * cadenceMs).toISOString();
};
