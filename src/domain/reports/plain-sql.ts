// A report's statements as plain SQL for other programs: parameters written out, everything a reader needs in comments.
// Dashboards ask the same text, so that a panel and its report cannot differ.
import { bandWords } from './bands.ts';
import { cellText } from './cells.ts';
import { replaceNamed } from './named-parameters.ts';
import { paramValues } from './params.ts';
import type { ParamType, ReportColumn, ReportParam, ReportRow } from './report.ts';

/** What is written in the place of a parameter. */
export type Literals = Readonly<Record<string, string>>;

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const CASTS: Readonly<Record<Exclude<ParamType, 'duration'>, string>> = {
  integer: 'int',
  number: 'float8',
  text: 'text',
  instant: 'timestamptz',
  date: 'date',
};

/** SQL of a value: of a parameter as it is run, or written out. */
export const paramSql = (type: ParamType, value: string): string =>
  type === 'duration' ? `make_interval(secs => ${value}::float8)` : `${value}::${CASTS[type]}`;

const literal = ({ type }: ReportParam, value: string | number | null): string => {
  if (value === null) return paramSql(type, 'null');
  return paramSql(type, typeof value === 'number' && value >= 0 ? String(value) : quoted(String(value)));
};

/** Of every parameter with its default, or the value that is given; null where it must be given. */
export const literalsOf = (
  params: Readonly<Record<string, ReportParam>>,
  given: Readonly<Record<string, string | number | null>> = {},
): Literals => {
  const { values } = paramValues(params, given);
  return Object.fromEntries(
    Object.entries(params).map(([name, param]) => [name, literal(param, values[name] ?? null)]),
  );
};

/** A statement that stands alone, each parameter followed by its name. */
export const plainStatement = (sql: string, literals: Literals): string =>
  replaceNamed(sql, (name) => `${literals[name] ?? 'null'} /* :${name} */`);

/** Of an input that other programs cannot take. */
export const INPUT_LITERAL = { one: 'null::float8', many: 'null::jsonb' } as const;

/** As much of a report as its page of SQL tells. */
export interface Documented {
  /** `<pack>/report/<name>`. */
  readonly id: string;
  readonly number?: number | undefined;
  readonly title: string;
  readonly purpose: string;
  readonly database: string;
  readonly sql: string;
  readonly params: Readonly<Record<string, ReportParam>>;
  /** What each is, in words, and what is written in its place. */
  readonly inputs: Readonly<Record<string, { readonly about: string; readonly literal: string }>>;
  readonly columns: readonly ReportColumn[];
  readonly sections: readonly {
    readonly title: string;
    readonly sql: string;
    readonly columns: readonly ReportColumn[];
  }[];
  readonly budgetMs: number;
  readonly sample: readonly ReportRow[];
  readonly hint: string;
  readonly related: readonly string[];
}

const column = (each: ReportColumn): string => {
  const more = [each.about, bandWords(each)].filter((text) => text !== undefined);
  return `  ${each.name} (${each.type})${more.length > 0 ? `: ${more.join('; ')}` : ''}`;
};

const sampleLines = ({ columns, sample }: Documented): readonly string[] =>
  sample.map(
    (row) =>
      `  ${columns.map((each) => `${each.name} ${cellText(each, row[each.name] ?? null)}`).join(', ')}`,
  );

const param = ([name, { type, about }]: readonly [string, ReportParam]): string =>
  `  :${name} (${type}): ${about}`;

const LONGEST = 118;

/** Comment lines; a long one goes on below, indented. */
const comment = (lines: readonly string[]): string =>
  lines
    .flatMap((text) => {
      const wrapped: string[] = [];
      let rest = text.replaceAll(/[\r\n]+/g, ' ');
      while (rest.length > LONGEST) {
        const at = rest.lastIndexOf(' ', LONGEST);
        if (at <= 4) break;
        wrapped.push(rest.slice(0, at));
        rest = `    ${rest.slice(at + 1)}`;
      }
      return [...wrapped, rest];
    })
    .map((text) => `-- ${text}`.trimEnd())
    .join('\n');

const rounded = (columns: readonly ReportColumn[]): readonly string[] =>
  columns.some(({ decimals }) => decimals > 0)
    ? ['Numbers are not rounded here: the product shows them with the decimals of its columns.']
    : [];

/** One report as commented SQL: purpose, columns, limits, a sample, what to look at, then statements that run as they are. */
export const reportSql = (report: Documented): string => {
  const inputs = Object.entries(report.inputs);
  const literals = {
    ...literalsOf(report.params),
    ...Object.fromEntries(inputs.map(([name, input]) => [name, input.literal])),
  };
  const must = Object.entries(report.params).filter(([, { default: value }]) => value === undefined);
  const head = comment([
    `${report.number === undefined ? '' : `${report.number} · `}${report.title} (${report.id}, database ${report.database})`,
    report.purpose,
    ...(Object.keys(report.params).length > 0 ? ['Parameters, here with their defaults:'] : []),
    ...Object.entries(report.params).map(param),
    ...(must.length > 0
      ? [`Write a value in the place of ${must.map(([name]) => `:${name}`).join(', ')}.`]
      : []),
    ...(inputs.length > 0 ? ['Taken by Sexton when it runs:'] : []),
    ...inputs.map(([name, { about }]) => `  :${name}: ${about}`),
    'Columns:',
    ...report.columns.map(column),
    ...rounded(report.columns),
    'Sample:',
    ...sampleLines(report),
    `If it looks bad or is slow: ${report.hint}`,
    ...(report.related.length > 0 ? [`See also: ${report.related.join(', ')}`] : []),
    `It is to answer within ${report.budgetMs} ms.`,
  ]);
  const sections = report.sections.map((section) =>
    [
      comment([section.title, ...section.columns.map(column)]),
      `${plainStatement(section.sql, literals)}\n;`,
    ].join('\n'),
  );
  return [head, `${plainStatement(report.sql, literals)}\n;`, ...sections].join('\n');
};
