// A way through a table. Which rows go is the selection's matter and asked again of every row; a walk only says in which
// stretches they are looked for.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import type { Cursor, Position } from '../../adapters/postgres/runs/ledger.ts';
import type { Scope, Window } from '../../adapters/postgres/tables/selection-sql.ts';
import type { Strategy } from '../../domain/jobs/step.ts';

export interface Stretch {
  readonly window: Window;
  /** Where the next stretch begins; undefined where this one is the last of its pass. */
  readonly end: Cursor | undefined;
  /** How many rows it holds was guessed: it may be more than were asked for, and is then not taken. */
  readonly guessed: boolean;
}

export interface Walk {
  readonly name: Strategy;
  /** Stretches of so many rows are as short as they get: where one of them fails, its rows are taken one by one. */
  readonly least: number;
  /** The stretch of about `size` rows after the position; undefined where this walk leads no further. */
  readonly next: (
    tx: Queryable,
    scope: Scope,
    from: { readonly position: Position; readonly size: number },
  ) => Promise<Stretch | undefined>;
  /** Hears what the last stretch held. */
  readonly learn: (found: Found) => void;
}

interface Found {
  readonly rows: number;
  readonly ms: number;
  /** How long it should have taken. */
  readonly targetMs: number;
}
