// What a monitor says of itself at a tick, whether or not anything fires: one JSON object a series.
import { filledField } from './fields.ts';
import type { Reading, Taken } from './measure.ts';
import type { InWords, MonitorSnapshot, RecordSnapshot } from './monitor.ts';
import { labelsKey } from './series.ts';

/** More are for the samples: a result crosses into history. */
const MOST_RECORDS = 50;

export type MonitorRecord = Readonly<Record<string, unknown>>;

/** `2026-02-10T12:15:00Z`: no fractions where there are none. */
const instant = (iso: string): string => iso.replace(/\.0+Z$/, 'Z');

const wordsOf = ({ of, above, otherwise, none }: InWords, valueOf: (name: string) => unknown): string => {
  const value = valueOf(of);
  if (typeof value !== 'number') return none;
  return above.findLast(([limit]) => value > limit)?.[1] ?? otherwise;
};

const readingsOf = (taken: readonly Taken[], measure: string): readonly Reading[] => {
  const found = taken.find((each) => each.measure === measure);
  return found && 'readings' in found ? found.readings : [];
};

const recordOf = (
  { fields }: RecordSnapshot,
  reading: Reading,
  { taken, tick }: { readonly taken: readonly Taken[]; readonly tick: string },
): MonitorRecord => {
  const key = labelsKey(reading.labels);
  const measured = (name: string): number | null | undefined =>
    readingsOf(taken, name).find(({ labels }) => labelsKey(labels) === key)?.value;
  const valueOf = (name: string): unknown => {
    if (name === 'tick') return instant(tick);
    if (name === 'value') return reading.value;
    return reading.labels[name] ?? reading.payload?.[name] ?? measured(name);
  };
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      typeof value === 'object' && value !== null ? wordsOf(value, valueOf) : filledField(value, valueOf),
    ]),
  );
};

/** In the order of their declaration, and of what was measured. */
export const recordsOf = (
  { records = [] }: Pick<MonitorSnapshot, 'records'>,
  taken: readonly Taken[],
  tick: string,
): readonly MonitorRecord[] =>
  records
    .flatMap((record) =>
      readingsOf(taken, record.measure).map((reading) => recordOf(record, reading, { taken, tick })),
    )
    .slice(0, MOST_RECORDS);
