// Units, colours and limits in Grafana's terms.
import type { Threshold as GrafanaThreshold, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Colour, Panel, Threshold, Unit } from '../domain/dashboards/dashboard.ts';

const UNITS: Readonly<Record<Unit, string>> = {
  count: 'short',
  percent: 'percent',
  ratio: 'percentunit',
  seconds: 's',
  milliseconds: 'ms',
  hours: 'h',
  'per-hour': 'short',
  'per-day': 'short',
};

export const unitOf = (unit: Unit): string => UNITS[unit];

const COLOURS: Readonly<Record<Colour, string>> = {
  green: 'green',
  yellow: 'yellow',
  orange: 'orange',
  red: 'red',
  blue: 'blue',
  grey: 'text',
};

export const colourName = (colour: Colour): string => COLOURS[colour];

/** The next number that a double can be: Grafana's steps begin at their value, ours above it. */
export const nextAbove = (value: number): number => {
  const bits = new DataView(new ArrayBuffer(8));
  if (value === 0) return Number.MIN_VALUE;
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
};

const stepAt = ({ above, atLeast }: Threshold): number =>
  above === undefined ? (atLeast ?? Number.NaN) : nextAbove(above);

/** Green below the first; nothing where there are none. */
export const thresholdSteps = ({ thresholds }: Pick<Panel, 'thresholds'>): GrafanaThreshold[] => [
  { value: null, color: thresholds.length > 0 ? 'green' : 'blue' },
  ...thresholds.map((each) => ({ value: stepAt(each), color: colourName(each.colour) })),
];

/** Level lines of numbers. */
export const guideSteps = ({ guides }: Pick<Panel, 'guides'>): GrafanaThreshold[] => [
  { value: null, color: 'transparent' },
  ...guides
    .flatMap((guide) => ('at' in guide ? [{ value: guide.at, color: colourName(guide.colour) }] : []))
    .toSorted((a, b) => a.value - b.value),
];

/** Colours of words. */
export const stateMappings = ({ states }: Pick<Panel, 'states'>): ValueMapping[] => {
  const options = Object.fromEntries(
    Object.entries(states).map(([word, colour], index) => [
      word,
      { color: colourName(colour), text: word, index },
    ]),
  );
  return Object.keys(options).length > 0 ? [{ type: MappingType.ValueToText, options }] : [];
};
