// Lines and bars, by the charts that reports have; level lines are series of their own.
import type { Panel } from '../../domain/dashboards/dashboard.ts';
import { chartModel } from '../../domain/reports/chart.ts';
import type { ReportColumn, ReportRow } from '../../domain/reports/report.ts';
import { chartSvg } from '../../domain/reports/svg.ts';
import { nameIn, numberIn, type PanelTable, widen } from './panel-table.ts';

interface Level {
  readonly name: string;
  readonly value: number;
}

const levelsOf = (panel: Panel, tables: readonly PanelTable[]): readonly Level[] => [
  ...panel.guides.flatMap((guide) => ('at' in guide ? [{ name: guide.label, value: guide.at }] : [])),
  ...tables.flatMap(({ guide, rows, y: [column], series = [] }) =>
    guide === undefined
      ? []
      : rows.flatMap((row) => {
          const value = numberIn(row, column);
          return value === null ? [] : [{ name: [nameIn(row, series), guide].join(' ').trim(), value }];
        }),
  ),
];

interface Drawn {
  readonly y: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
}

const withLevels = ({ y, rows }: Drawn, levels: readonly Level[]): Drawn => ({
  y: [...y, ...levels.map(({ name }) => ({ name, type: 'number' as const, decimals: 2 }))],
  rows: rows.map((row) => ({
    ...row,
    ...Object.fromEntries(levels.map(({ name, value }) => [name, value])),
  })),
});

/** A bar that is marked is one of its own series, and none of the plain one. */
const withMarks = ({ y, rows }: Drawn, { marks }: Panel, x: string): Drawn => {
  const isMarked = (row: ReportRow, { of, at, above }: Panel['marks'][number]): boolean =>
    String(row[x]) === at && (numberIn(row, of) ?? 0) > above;
  return {
    y: [...y, ...marks.map(({ label }) => ({ name: label, type: 'number' as const, decimals: 0 }))],
    rows: rows.map((row) => {
      const own = marks.filter((mark) => isMarked(row, mark));
      return {
        ...row,
        ...Object.fromEntries(
          own.flatMap(({ of, label }) => [
            [label, row[of] ?? null],
            [of, null],
          ]),
        ),
      };
    }),
  };
};

/** Undefined where there is nothing to draw. */
export const drawChart = (panel: Panel, tables: readonly PanelTable[]): string | undefined => {
  const [first, ...more] = tables.filter(({ guide }) => guide === undefined).map(widen);
  if (!first) return undefined;
  // Further sources share the bottom line.
  const rows = more.reduce<readonly ReportRow[]>(
    (all, wide) =>
      all.map((row) => ({ ...row, ...wide?.rows.find((each) => each[wide.x.name] === row[first.x.name]) })),
    first.rows,
  );
  const plain = { y: [...first.y, ...more.flatMap((wide) => wide?.y ?? [])], rows };
  const drawn = withLevels(withMarks(plain, panel, first.x.name), levelsOf(panel, tables));
  const model = chartModel({
    report: '',
    title: panel.title,
    purpose: '',
    asOf: '',
    params: {},
    tables: [{ columns: [first.x, ...drawn.y], rows: drawn.rows }],
    lines: [],
    untaken: [],
    durationMs: 0,
    budgetMs: 0,
    chart: {
      kind: panel.visual === 'line' ? 'line' : 'bar',
      x: first.x.name,
      y: drawn.y.map(({ name }) => name),
    },
  });
  return model && chartSvg(model);
};
