// What a rule would have said of values that lie in the past: the same judging and the same course as at work, tick by
// tick. Holds and groups are no part of it: it says when the alert would have been, not who would have been woken.
import { type AlertMemory, advance, UNSEEN } from '../alerts/alert-state.ts';
import { fingerprint } from '../ids.ts';
import { judge } from './judge.ts';
import type { Sample, Taken } from './measure.ts';
import type { MonitorRule, MonitorSnapshot } from './monitor.ts';
import type { Labels } from './series.ts';

/** One tick as it was measured then. */
export interface PastTick {
  /** ISO-8601. */
  readonly tick: string;
  readonly taken: readonly Taken[];
  /** Of the ticks before; at least what `historyNeeds` names. */
  readonly history: readonly Sample[];
}

export interface ReplayEvent {
  readonly tick: string;
  readonly what: 'fires' | 'changes' | 'over';
  readonly labels: Labels;
  /** What people would have been told; of `over` what they had been told. */
  readonly severity: string;
  readonly alertType: string;
  readonly summary: string;
}

interface Series {
  readonly labels: Labels;
  readonly memory: AlertMemory;
}

const eventOf = (tick: string, before: AlertMemory, { labels, memory }: Series): readonly ReplayEvent[] => {
  const [was, is] = [before.told, memory.told];
  const told = is ?? was;
  if (!told) return [];
  const { severity, alertType, summary } = told;
  const event = { tick, labels, severity, alertType, summary };
  if (!was) return [{ ...event, what: 'fires' }];
  if (!is) return [{ ...event, what: 'over' }];
  return was.severity === is.severity ? [] : [{ ...event, what: 'changes' }];
};

/** Oldest tick first. */
export const replay = (
  { monitor, rule }: { readonly monitor: MonitorSnapshot; readonly rule: MonitorRule },
  ticks: Iterable<PastTick>,
): readonly ReplayEvent[] => {
  const { pack, name, timing } = rule.rule;
  const known = new Map<string, Series>();
  const events: ReplayEvent[] = [];
  const step = (
    key: string,
    labels: Labels,
    tick: string,
    seen: Parameters<typeof advance>[0]['seen'],
  ): void => {
    const before = known.get(key)?.memory ?? UNSEEN;
    const memory = advance({ before, seen, timing, nowMs: Date.parse(tick) });
    known.set(key, { labels, memory });
    events.push(...eventOf(tick, before, { labels, memory }));
  };
  for (const { tick, taken, history } of ticks) {
    const { reports, complete } = judge({ monitor, rule, taken, history, tick });
    const seen = new Set<string>();
    for (const report of reports) {
      const key = fingerprint(pack, name, report.labels);
      seen.add(key);
      step(key, report.labels, tick, { report });
    }
    if (!complete) continue;
    const missing = { pack, rule: name, subject: `tick/${tick}`, subjectAt: tick };
    for (const [key, { labels }] of known) if (!seen.has(key)) step(key, labels, tick, { missing });
  }
  return events;
};
