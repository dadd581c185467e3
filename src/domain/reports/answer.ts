// What came of running a report: rows as they were found, unrounded, with all that is needed to show them.
import { worstBand } from './bands.ts';
import type { ParamValues } from './params.ts';
import type { Band, ReportChart, ReportColumn, ReportRow } from './report.ts';

/** The rows of one statement. */
export interface AnswerTable {
  /** Of a section; absent of the report's own rows. */
  readonly name?: string;
  readonly title?: string;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly ReportRow[];
}

/** An input that could not be taken, so that the statement was handed null in its place. */
export interface Untaken {
  readonly input: string;
  readonly type: string;
  readonly message: string;
}

export interface ReportAnswer {
  /** `<pack>/report/<name>`. */
  readonly report: string;
  readonly number?: number;
  readonly title: string;
  readonly purpose: string;
  /** The database's clock as it was asked, ISO-8601. */
  readonly asOf: string;
  readonly params: ParamValues;
  /** The report's own rows, then its sections. */
  readonly tables: readonly [AnswerTable, ...AnswerTable[]];
  /** What the pack makes of it. */
  readonly lines: readonly string[];
  readonly untaken: readonly Untaken[];
  /** What its statements took together. */
  readonly durationMs: number;
  readonly budgetMs: number;
  readonly chart?: ReportChart;
}

/** Its tables cut to so many rows, and how many each has lost. */
export const tablesOf = (
  { tables }: Pick<ReportAnswer, 'tables'>,
  mostRows: number,
): readonly (AnswerTable & { readonly left: number })[] =>
  tables.map((table) => ({
    ...table,
    rows: table.rows.slice(0, mostRows),
    left: Math.max(0, table.rows.length - mostRows),
  }));

/** The worst band of all cells; undefined where none is judged. */
export const bandOfAnswer = ({ tables }: Pick<ReportAnswer, 'tables'>): Band | undefined => worstBand(tables);

export const isOverBudget = ({
  durationMs,
  budgetMs,
}: Pick<ReportAnswer, 'durationMs' | 'budgetMs'>): boolean => durationMs > budgetMs;

/** How long it took, and whether that is more than it may take. */
export const budgetWords = (answer: Pick<ReportAnswer, 'durationMs' | 'budgetMs'>): string => {
  const took = `${Math.ceil(answer.durationMs)} ms`;
  return isOverBudget(answer)
    ? `took ${took}, over its budget of ${answer.budgetMs} ms`
    : `took ${took} of at most ${answer.budgetMs} ms`;
};

/** Lines below the rows: what the pack makes of them, and what could not be taken. */
export const linesOf = ({ lines, untaken }: Pick<ReportAnswer, 'lines' | 'untaken'>): readonly string[] => [
  ...lines,
  ...untaken.map(({ input, type, message }) => `${input} could not be taken (${type}): ${message}`),
];
