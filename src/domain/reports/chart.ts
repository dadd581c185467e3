// A report's chart as data: its points from left to right, its scale, and the same as one line of blocks for a terminal.
import type { ReportAnswer } from './answer.ts';
import { cellText } from './cells.ts';
import type { ReportChart, ReportColumn, ReportValue } from './report.ts';

export interface Series {
  readonly name: string;
  /** A value per place along the bottom; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface ChartModel {
  readonly kind: ReportChart['kind'];
  readonly title: string;
  /** What stands along the bottom, left to right. */
  readonly labels: readonly string[];
  readonly series: readonly Series[];
  /** From 0, or below it; always wider than nothing. */
  readonly from: number;
  readonly to: number;
  /** Values of the lines across, from `from` to `to`. */
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 2.5, 5, 10];
const MOST_TICKS = 5;

/** A round step that needs at most five of itself for the span. */
const stepFor = (span: number): number => {
  const power = 10 ** Math.floor(Math.log10(span / MOST_TICKS));
  return (STEPS.find((step) => step * power * MOST_TICKS >= span) ?? 10) * power;
};

const scaleOf = (values: readonly number[]): Pick<ChartModel, 'from' | 'to' | 'ticks'> => {
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  // A span that small is noise, and would need more lines than there are numbers.
  const step = stepFor(most - least > 1e-9 ? most - least : 1);
  const [first, last] = [
    Math.floor(least / step),
    Math.max(Math.ceil(most / step), Math.floor(least / step) + 1),
  ];
  const ticks = Array.from({ length: last - first + 1 }, (_, place) =>
    Number(((first + place) * step).toPrecision(12)),
  );
  return { from: ticks[0] ?? 0, to: ticks.at(-1) ?? 1, ticks };
};

const isTime = ({ type }: ReportColumn): boolean => type === 'date' || type === 'instant';

const numberOf = (value: ReportValue | undefined): number | null =>
  typeof value === 'number' ? value : null;

/** Undefined where the report has no chart, or nothing to show in it. Days and instants go from left to right whatever the rows do. */
export const chartModel = ({
  chart,
  title,
  tables: [{ columns, rows }],
}: ReportAnswer): ChartModel | undefined => {
  const bottom = columns.find(({ name }) => name === chart?.x);
  if (!chart || !bottom || rows.length === 0) return undefined;
  const ordered = isTime(bottom)
    ? rows.toSorted((a, b) => String(a[bottom.name]).localeCompare(String(b[bottom.name]), 'en'))
    : rows;
  const series = chart.y.map((name) => ({ name, values: ordered.map((row) => numberOf(row[name])) }));
  const numbers = series.flatMap(({ values }) => values.filter((value) => value !== null));
  if (numbers.length === 0) return undefined;
  const labels = ordered.map((row) => cellText(bottom, row[bottom.name] ?? null));
  return { kind: chart.kind, title, labels, series, ...scaleOf(numbers) };
};

const BLOCKS = '▁▂▃▄▅▆▇█';

/** A block a value, a blank for none. */
export const sparkline = (
  values: readonly (number | null)[],
  { from, to }: Pick<ChartModel, 'from' | 'to'>,
): string =>
  values
    .map((value) => {
      if (value === null) return ' ';
      const place = Math.floor(((value - from) / (to - from)) * BLOCKS.length);
      return BLOCKS[Math.min(BLOCKS.length - 1, Math.max(0, place))];
    })
    .join('');

/** A line a series: `drafts_created ▃▄▂█ 2025-10-10 … 2025-11-08`. */
export const sparklines = (answer: ReportAnswer): readonly string[] => {
  const model = chartModel(answer);
  if (!model) return [];
  const width = Math.max(...model.series.map(({ name }) => name.length));
  const span = `${model.labels[0] ?? ''} … ${model.labels.at(-1) ?? ''}`;
  return model.series.map(({ name, values }) => `${name.padEnd(width)} ${sparkline(values, model)} ${span}`);
};
