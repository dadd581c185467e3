// Results as tables, once, for the terminal and for the page in bench/results/.
import type { Bar } from '../bar.ts';

export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const count = (n: number): string => Math.round(n).toLocaleString('en-US');
export const fixed = (n: number, digits = 2): string => (Number.isFinite(n) ? n.toFixed(digits) : '–');
export const mebibytes = (bytes: number): string => fixed(bytes / 2 ** 20, 1);

const barRow = ({ name, value, unit, limit, ok }: Bar): readonly string[] => [
  ok ? 'met' : 'MISSED',
  name,
  `${fixed(value)} ${unit}`,
  `${fixed(limit)} ${unit}`,
];

export const barsTable = (bars: readonly Bar[]): Table => ({
  title: 'Bars',
  head: ['', 'bar', 'measured', 'limit'],
  rows: bars.map(barRow),
});
