// Asks a report's statements: read-only, one transaction, one clock, values by name. Every value comes back as text and
// is read by its column's declared type, so that nothing is rounded or shifted on the way.
import { performance } from 'node:perf_hooks';
import type pg from 'pg';
import { replaceNamed } from '../../../domain/reports/named-parameters.ts';
import { paramSql } from '../../../domain/reports/plain-sql.ts';
import type { ParamType, ReportColumn, ReportRow, ReportValue } from '../../../domain/reports/report.ts';
import { type LookOptions, lookReadOnly } from '../read-only.ts';

/** What a name in a statement stands for: a parameter by its type, or an input. */
export interface Bound {
  readonly type: ParamType | 'one' | 'many';
  /** Of `many` a list as JSON text; an interval in seconds. */
  readonly value: string | number | null;
}

export type Bindings = Readonly<Record<string, Bound>>;

export interface Statement {
  readonly sql: string;
  readonly columns: readonly ReportColumn[];
}

/** A statement that answers otherwise than it is declared. */
class ReportError extends Error {
  override readonly name = 'ReportError';
  readonly type: 'BAD_COLUMNS' | 'BAD_VALUE' | 'TOO_MANY_ROWS';

  constructor(type: ReportError['type'], message: string) {
    super(message);
    this.type = type;
  }
}

/** More is no report but a table. */
const MOST_ROWS = 10_000;

const placed = ({ type }: Bound, place: number): string => {
  if (type === 'one') return `$${place}::float8`;
  return type === 'many' ? `$${place}::jsonb` : paramSql(type, `$${place}`);
};

/** The statement with `$1 …` for its names, and their values in that order. */
export const bindNamed = (
  sql: string,
  bindings: Bindings,
): { readonly text: string; readonly values: readonly unknown[] } => {
  const order: string[] = [];
  const text = replaceNamed(sql, (name) => {
    const bound = bindings[name];
    if (!bound) throw new Error(`no value for :${name}`);
    if (!order.includes(name)) order.push(name);
    return placed(bound, order.indexOf(name) + 1);
  });
  return { text, values: order.map((name) => bindings[name]?.value ?? null) };
};

/** Left as Postgres writes them: its dates would become midnights of this machine's zone. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

const query = async (tx: pg.PoolClient, sql: string, bindings: Bindings): Promise<pg.QueryResult> => {
  const { text, values } = bindNamed(sql, bindings);
  // Extended: Postgres then refuses several statements in one.
  return tx.query({ text, values: [...values], types: AS_TEXT, queryMode: 'extended' } as pg.QueryConfig);
};

const refuse = ({ name }: ReportColumn, text: string, words: string): never => {
  throw new ReportError('BAD_VALUE', `column ${name} must be ${words}, and was ${JSON.stringify(text)}`);
};

/** `2026-02-10 14:30:00.5+00` as ISO-8601; sessions run in UTC. */
const instant = (column: ReportColumn, text: string): string => {
  const at = new Date(`${text.replace(' ', 'T').replace(/\+00$/, '')}Z`);
  if (Number.isNaN(at.getTime())) return refuse(column, text, 'an instant');
  return at.toISOString().replace('.000Z', 'Z');
};

const numberIn = (column: ReportColumn, text: string): number => {
  const number = Number(text);
  return Number.isFinite(number) && text !== '' ? number : refuse(column, text, 'a number or null');
};

const valueOf = (column: ReportColumn, text: string | null): ReportValue => {
  if (text === null) return null;
  switch (column.type) {
    case 'text':
      return text;
    case 'boolean':
      return text === 't' || text === 'f' ? text === 't' : refuse(column, text, 'true, false or null');
    case 'instant':
      return instant(column, text);
    case 'date':
      return /^\d{4,}-\d{2}-\d{2}/.test(text)
        ? text.slice(0, text.indexOf('-') + 6)
        : refuse(column, text, 'a day');
    case 'count':
    case 'number':
    case 'percent':
    case 'milliseconds':
    case 'seconds':
    case 'hours':
    default:
      return numberIn(column, text);
  }
};

const rowsOf = ({ columns }: Statement, { rows, fields }: pg.QueryResult): readonly ReportRow[] => {
  const [found, declared] = [
    fields.map(({ name }) => name).join(', '),
    columns.map(({ name }) => name).join(', '),
  ];
  if (found !== declared)
    throw new ReportError(
      'BAD_COLUMNS',
      `the statement returns ${found}, and what is declared is ${declared}`,
    );
  if (rows.length > MOST_ROWS)
    throw new ReportError(
      'TOO_MANY_ROWS',
      `the statement returns ${rows.length} rows; ${MOST_ROWS} is the most`,
    );
  return rows.map((row: Readonly<Record<string, string | null>>) =>
    Object.fromEntries(columns.map((column) => [column.name, valueOf(column, row[column.name] ?? null)])),
  );
};

export interface Asked {
  /** The database's clock, ISO-8601. */
  readonly asOf: string;
  /** Rows of each statement, in their order. */
  readonly rows: readonly (readonly ReportRow[])[];
  /** What the statements took together, without the way to the database. */
  readonly durationMs: number;
}

/** Asks all statements of one snapshot. */
export const askStatements = (
  pool: pg.Pool,
  options: LookOptions,
  { statements, bindings }: { readonly statements: readonly Statement[]; readonly bindings: Bindings },
): Promise<Asked> =>
  lookReadOnly(pool, { ...options, oneSnapshot: true }, async (tx, asOf) => {
    const start = performance.now();
    const results: pg.QueryResult[] = [];
    for (const { sql } of statements) results.push(await query(tx, sql, bindings));
    const durationMs = performance.now() - start;
    const rows = statements.map((statement, place) => rowsOf(statement, results[place] as pg.QueryResult));
    return { asOf, rows, durationMs };
  });

/** Rows as a JSON list of objects, as Postgres writes it: for a report of another database. */
export const askRows = (
  pool: pg.Pool,
  options: LookOptions,
  { sql, bindings }: { readonly sql: string; readonly bindings: Bindings },
): Promise<string> =>
  lookReadOnly(pool, options, async (tx) => {
    // A line of its own, should the statement end in a comment.
    const whole = `SELECT coalesce(json_agg(asked), '[]')::text AS rows FROM (${sql}\n) AS asked`;
    const { rows } = await query(tx, whole, bindings);
    return rows[0].rows;
  });
