// Judges one rule at one tick: what was measured, and what was measured before, become reports for the door. Pure: the
// same input gives the same reports, whenever and however often it is judged.
import type { Report } from '../alerts/alert.ts';
import { firingOf, type Subject, unknownFiring } from './firing.ts';
import type { Reading, Sample, Taken } from './measure.ts';
import type { MonitorRule, MonitorSnapshot } from './monitor.ts';
import { type Outcome, outcomeOf } from './outcome.ts';
import {
  type Columns,
  columnsOf,
  failuresOf,
  type Labels,
  labelSetsOf,
  lookAt,
  readingsOf,
} from './series.ts';

export interface JudgeInput {
  readonly monitor: MonitorSnapshot;
  readonly rule: MonitorRule;
  readonly taken: readonly Taken[];
  /** Samples of at least what `historyNeeds` names, in any order. */
  readonly history: readonly Sample[];
  /** The tick as it was planned, ISO-8601. */
  readonly tick: string;
}

export interface Judged {
  readonly reports: readonly Report[];
  /** All series of the rule were seen, so that one without a report is gone. */
  readonly complete: boolean;
  /** It was not this tick's turn, or `while` holds for no series. */
  readonly skipped?: 'every' | 'while';
}

const isItsTurn = (
  { every = 1 }: MonitorRule,
  { cadenceSeconds }: MonitorSnapshot,
  tickMs: number,
): boolean => Math.floor(tickMs / 1000 / cadenceSeconds) % every === 0;

const newestSubject = (readings: ReadonlyMap<string, Reading>): Reading['subject'] =>
  [...readings.values()]
    .flatMap(({ subject }) => (subject ? [subject] : []))
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at) || (a.id < b.id ? -1 : 1))[0];

const oldestAsOf = (columns: Columns): string | undefined =>
  [...columns.values()]
    .flatMap(({ taken }) => (taken ? [taken.asOf] : []))
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];

type Said = Pick<Report, 'firing' | 'unknown' | 'notRecovered'>;

/** `failures`: why each failed measure has no values. A value that failed is an error, one that is not there no data. */
const sayOf = (
  outcome: Exclude<Outcome, { is: 'waiting' }>,
  subject: Subject,
  failures: ReadonlyMap<string, string>,
): Said => {
  if (outcome.is === 'firing') return { firing: firingOf(subject, outcome.band, outcome.verdict.met) };
  if (outcome.is === 'fine') return outcome.recovered ? {} : { notRecovered: true };
  const failed = outcome.missing.flatMap((measure) => failures.get(measure) ?? []);
  const state = failed.length > 0 ? 'error' : 'noData';
  const nothing = `no value of ${outcome.missing.join(', ')}`;
  const message = state === 'error' ? failed.join('; ') : (outcome.message ?? nothing);
  return { unknown: { state, message, firing: unknownFiring(subject, state, message) } };
};

export const judge = ({ monitor, rule, taken, history, tick }: JudgeInput): Judged => {
  const tickMs = Date.parse(tick);
  if (!isItsTurn(rule, monitor, tickMs)) return { reports: [], complete: false, skipped: 'every' };
  const columns = columnsOf({ rule, taken, history, tickMs });
  const failures = failuresOf(columns);
  const labelSets = labelSetsOf(rule, columns);
  const asOf = oldestAsOf(columns);
  const subjectOf = (labels: Labels): Subject => {
    const [look, readings] = [lookAt(columns, labels, tickMs), readingsOf(columns, labels)];
    return { monitor, rule, labels, look, readings };
  };
  const reportOf = ({ labels, readings }: Subject, said: Said): Report => {
    const own = newestSubject(readings);
    const at = { subject: own?.id ?? `tick/${tick}`, subjectAt: own?.at ?? tick };
    const settled = [...readings.values()].some((reading) => reading.settled) && { settled: true as const };
    return { rule: rule.rule, labels, ...at, ...said, ...settled, ...(asOf !== undefined && { asOf }) };
  };
  const judged = labelSets.flatMap((labels) => {
    const subject = subjectOf(labels);
    const outcome = outcomeOf(rule, subject.look);
    return outcome.is === 'waiting' ? [] : [reportOf(subject, sayOf(outcome, subject, failures))];
  });
  const complete = failures.size === 0 && judged.length === labelSets.length;
  const skipped = labelSets.length > 0 && judged.length === 0 ? ({ skipped: 'while' } as const) : {};
  // Where a failure counts as fine, each series has to be told so.
  if (rule.rule.timing?.error?.means === 'fine') return { reports: judged, complete, ...skipped };
  const reports = judged.filter(({ unknown }) => unknown?.state !== 'error');
  const lost = labelSets.length === 0 ? [...failures.values()] : [];
  const errors = [
    ...new Set(judged.flatMap(({ unknown }) => (unknown?.state === 'error' ? unknown.message : []))),
    ...lost,
  ];
  if (errors.length === 0) return { reports, complete, ...skipped };
  // why: one failure is one alert, not one a series; not being complete, the series keep the state that they had.
  const whole = { ...subjectOf({}), readings: new Map() };
  const message = errors.join('; ');
  const unknown = { state: 'error', message, firing: unknownFiring(whole, 'error', message) } as const;
  const others = reports.filter(({ labels }) => Object.keys(labels).length > 0);
  // A series without labels that fires speaks for itself already.
  const told = reports.find(({ labels, firing }) => Object.keys(labels).length === 0 && firing);
  return { reports: [...others, told ?? reportOf(whole, { unknown })], complete };
};
