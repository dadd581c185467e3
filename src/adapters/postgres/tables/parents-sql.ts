// SQL of rows that are as old as the row they refer to. They are walked along the parents' age index, and within one parent
// along their own key, so that a parent with very many of them is still taken in batches.
import type { Parents, Selection } from '../../../domain/jobs/step.ts';
import type { Cursor } from '../runs/ledger.ts';
import { columnsSql, orderedByText, quote, tableSql } from './sql-names.ts';

/** Where a window along the parents begins and ends: the parents' order columns, then the rows' own key. */
interface Bounds {
  readonly after?: Cursor | undefined;
  readonly upTo?: Cursor | undefined;
}

interface BoundsSql {
  readonly sql: string;
  readonly parameters: readonly string[];
}

/** The first parameter's number is `first`. Parents are called `parent`, their rows `child`. */
export const boundsSql = (
  selection: Selection,
  of: Parents,
  { after, upTo, first }: Bounds & { readonly first: number },
): BoundsSql => {
  const parameters: string[] = [];
  const order = of.orderBy.map((column) => `parent.${quote(column)}`);
  const whole = [...order, ...selection.key.map((column) => `child.${quote(column)}`)];
  const compare = (
    cursor: Cursor | undefined,
    [ofParents, ofAll]: readonly [string, string],
  ): readonly string[] => {
    if (!cursor) return [];
    const places = whole.map((_, place) => {
      parameters.push(cursor[place] ?? '');
      return `$${first + parameters.length - 1}`;
    });
    // The first is the one that the parents' age index serves.
    return [
      `(${order.join(', ')}) ${ofParents} (${places.slice(0, order.length).join(', ')})`,
      `(${whole.join(', ')}) ${ofAll} (${places.join(', ')})`,
    ];
  };
  const parts = [...compare(after, ['>=', '>']), ...compare(upTo, ['<=', '<='])];
  return { sql: parts.map((part) => ` AND ${part}`).join(''), parameters };
};

/** Rows whose parent is before the cutoff, `$1`. What the pack says of the parents is asked where only they are known. */
export const underParentsSql = (selection: Selection, of: Parents): string => {
  const row = tableSql(selection);
  const same = of.key
    .map((column, place) => `parent.${quote(column)} = ${row}.${quote(of.by[place] ?? '')}`)
    .join(' AND ');
  return `EXISTS (SELECT 1 FROM ${oldParentsSql(selection, of)} parent WHERE ${same})`;
};

const oldParentsSql = ({ age }: Selection, of: Parents): string => {
  const further = of.where === undefined ? '' : ` AND (${of.where}\n)`;
  return `(SELECT * FROM ${tableSql(of)} WHERE ${quote(age.column)} < $1::timestamptz${further})`;
};

interface UnderInput {
  /** The condition on the rows alone. */
  readonly rows: string;
  readonly bounds: string;
}

/**
 * The old parents within the bounds, each with its rows. Theirs is the innermost FROM, so that a name which both tables have
 * means the row's; and it is kept from being joined as a whole: the planner does not see how few parents a window holds.
 */
const pairsSql = (selection: Selection, of: Parents, { rows, bounds }: UnderInput): string => {
  const same = of.key
    .map((column, place) => `${quote(of.by[place] ?? '')} = parent.${quote(column)}`)
    .join(' AND ');
  return `${oldParentsSql(selection, of)} parent
    CROSS JOIN LATERAL (SELECT ctid, ${columnsSql(selection.key)} FROM ${tableSql(selection)} WHERE ${same}${rows} OFFSET 0) child
    WHERE true${bounds}`;
};

/** The rows in the window by their place. Their condition has to be asked again beside it: they may have changed meanwhile. */
export const placesSql = (selection: Selection, of: Parents, under: UnderInput): string =>
  `ctid = ANY(ARRAY(SELECT child.ctid FROM ${pairsSql(selection, of, under)}))`;

/** The position that is so many rows further on, as text. */
export const parentsBoundSql = (
  selection: Selection,
  of: Parents,
  { offset, ...under }: UnderInput & { readonly offset: number },
): string => {
  const named = [
    ...of.orderBy.map((column) => `parent.${quote(column)}`),
    ...selection.key.map((column) => `child.${quote(column)}`),
  ];
  return `SELECT ${orderedByText(named)} FROM ${pairsSql(selection, of, under)}
    ORDER BY ${named.join(', ')} OFFSET $${offset} LIMIT 1`;
};
