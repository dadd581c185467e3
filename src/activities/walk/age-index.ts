// Along the age index, by row-value comparison on the order columns: inserts and updates elsewhere neither move a stretch nor
// hide a row from it. Where a stretch ends is guessed from how densely the rows lie in time; where that cannot be, the row
// that is `size` rows further on is looked for, which costs half as much again as taking the rows.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import type { Cursor } from '../../adapters/postgres/runs/ledger.ts';
import type { Scope } from '../../adapters/postgres/tables/selection-sql.ts';
import { readBound, readInstantAfter, readSpan } from '../../adapters/postgres/tables/walk-bounds.ts';
import type { Stretch, Walk } from './walk.ts';

/** Fewer rows at a time would cost more in looking for their end than taking them one by one. */
const LEAST_ROWS = 16;

/** Below this a guess is not worth a stretch that may have to be taken back. */
const LEAST_GUESSED_ROWS = 300;

/** Aims below the size: rows do not lie evenly in time. */
const AIM = 0.85;

/** A stretch of time grows at most so many times from one to the next: what follows may be dense. */
const GROWTH = 2;

/** Rows that lie closer than this are told apart by their other order columns alone. */
const SHORTEST_SECONDS = 0.001;

/**
 * Rows that others add between the look for a stretch's end and its delete make it longer than was asked for, and it is
 * looked for anew; rows of one and the same order, which no end can tell apart, would do so for ever.
 */
const MOST_LOOKS = 5;

/** `left` guesses how many rows the pass still holds; undefined where nobody can say. */
export const ageIndexWalk = (left: () => number | undefined): Walk => {
  let perSecond: number | undefined;
  /** Length of the stretch in hand; undefined where its end was looked for. */
  let taken: number | undefined;
  let asked = 0;
  let crowded = 0;

  const guess = async (
    tx: Queryable,
    scope: Scope,
    { cursor, size }: { readonly cursor: Cursor | undefined; readonly size: number },
  ): Promise<Stretch | undefined> => {
    const rest = left();
    if (rest === undefined || size < LEAST_GUESSED_ROWS || !isGuessable(scope)) return undefined;
    const span = await readSpan(tx, scope, cursor);
    if (!span) return undefined;
    perSecond ??= Math.max(rest, 1) / span.seconds;
    const wanted = (size * AIM) / perSecond;
    taken = taken === undefined ? wanted : Math.min(wanted, taken * GROWTH);
    if (taken < SHORTEST_SECONDS) return undefined;
    if (taken >= span.seconds) return { window: { after: cursor }, end: undefined, guessed: true };
    const end = [await readInstantAfter(tx, scope, { from: span.from, seconds: taken })];
    return { window: { after: cursor, upTo: end }, end, guessed: true };
  };

  return {
    name: 'age-index-windows',
    least: LEAST_ROWS,
    next: async (tx, scope, { position: { cursor }, size }) => {
      asked = size;
      const guessed = await guess(tx, scope, { cursor, size });
      if (guessed) return guessed;
      taken = undefined;
      const upTo = await readBound(tx, scope, { after: cursor, size });
      return { window: { after: cursor, upTo }, end: upTo, guessed: crowded < MOST_LOOKS };
    },
    learn: ({ rows }) => {
      if (taken !== undefined) perSecond = Math.max(rows, 1) / taken;
      else crowded = rows > asked ? crowded + 1 : 0;
    },
  };
};

/** Instants that a guess can be added to, with another column to tell rows of one instant apart. */
const isGuessable = ({ selection: { orderBy, age }, columnTypes }: Scope): boolean =>
  age.of === undefined &&
  orderBy.length > 1 &&
  orderBy[0] === age.column &&
  (columnTypes.get(age.column) ?? '').startsWith('timestamp');
