// Judges a rule again by what its measures were, tick by tick, from the stored values.
import {
  MOST_PAST_SAMPLES,
  type PastSample,
  readPastSamples,
} from '../../adapters/postgres/alerts/past-ticks.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import type { CatalogMonitor } from '../../catalog/catalog.ts';
import { historyNeeds } from '../../domain/monitors/history-needs.ts';
import type { Taken } from '../../domain/monitors/measure.ts';
import type { MonitorRule } from '../../domain/monitors/monitor.ts';
import { type PastTick, type ReplayEvent, replay } from '../../domain/monitors/replay.ts';
import { measuresOfRule } from '../../domain/monitors/series.ts';

export interface Replayed {
  readonly from: string;
  readonly to: string;
  readonly ticks: number;
  readonly events: readonly ReplayEvent[];
}

const takenAt = (
  measures: readonly string[],
  samples: readonly PastSample[],
  tick: string,
): readonly Taken[] =>
  measures.map((measure): Taken => {
    const own = samples.filter((each) => each.measure === measure);
    const asOf = tick;
    if (own.some(({ state }) => state === 'error'))
      return { measure, asOf, error: { type: 'STORED', message: 'it failed at this tick' } };
    return { measure, asOf, readings: own.map(({ labels, value }) => ({ labels, value })) };
  });

function* pastTicks(
  measures: readonly string[],
  samples: readonly PastSample[],
  { fromMs, needSeconds }: { readonly fromMs: number; readonly needSeconds: number },
): Iterable<PastTick> {
  let first = 0;
  for (let start = 0; start < samples.length; ) {
    const tick = samples[start]?.at ?? '';
    const tickMs = Date.parse(tick);
    let end = start;
    while (samples[end]?.at === tick) end += 1;
    while (first < start && Date.parse(samples[first]?.at ?? '') < tickMs - needSeconds * 1000) first += 1;
    if (tickMs >= fromMs) {
      const history = samples.slice(first, start).filter(({ state }) => state !== 'error');
      yield { tick, taken: takenAt(measures, samples.slice(start, end), tick), history };
    }
    start = end;
  }
}

/** A text says why it cannot be done. */
export const replayRule = async (
  home: Queryable,
  {
    monitor,
    rule,
    sinceSeconds,
  }: {
    readonly monitor: CatalogMonitor;
    readonly rule: MonitorRule;
    readonly sinceSeconds: number;
  },
): Promise<Replayed | string> => {
  const measures = measuresOfRule(rule);
  const needSeconds = Math.max(0, ...historyNeeds(rule).map(({ seconds }) => seconds));
  const { pack, name } = monitor;
  const seconds = sinceSeconds + needSeconds;
  const { now, samples } = await readPastSamples(home, { pack, monitor: name, measures, seconds });
  if (samples.length > MOST_PAST_SAMPLES)
    return `there are more than ${MOST_PAST_SAMPLES.toLocaleString('en-US')} stored values; ask for less with --since`;
  const fromMs = Date.parse(now) - sinceSeconds * 1000;
  const ticks = [...pastTicks(measures, samples, { fromMs, needSeconds })];
  const [first] = ticks;
  return {
    from: first?.tick ?? now,
    to: ticks.at(-1)?.tick ?? now,
    ticks: ticks.length,
    events: replay({ monitor: monitor.snapshot, rule }, ticks),
  };
};
