// How many rows the next batch may take. By time first: a batch should last as long as others can bear. Halved around rows
// that fail or are locked, until they are taken one by one; and where even that fails, it is the condition that cannot be
// asked of one of them: then they are found by age alone.

export interface Width {
  readonly rows: () => number;
  readonly singly: () => boolean;
  readonly blindly: () => boolean;
  /** After a batch of this size was rolled back because of some of its rows. Throws the fault where nothing is left to try. */
  readonly narrow: (size: number, fault: unknown) => void;
  /** After a batch of this size was rolled back because it took too long: no row of it is to blame while there are many. */
  readonly slow: (size: number, fault: unknown) => void;
  /** After a batch of this size was committed. */
  readonly widen: (batch: WidthOf) => void;
}

export interface WidthOf {
  /** Rows that it was allowed, and that it took. */
  readonly size: number;
  readonly rows: number;
  readonly ms: number;
  readonly targetMs: number;
}

export interface WidthInput {
  readonly rowsPerSecond: number | undefined;
  /** Batches of at most so many rows are taken row by row. */
  readonly least: () => number;
}

/** A batch that fills its size and is quick makes the next one larger, at most so many times. */
const GROWTH = 2;

/** Where so few rows take too long, it is one of them that does. */
const FEW_ROWS = 16;

export const createWidth = ({ rowsPerSecond, least }: WidthInput): Width => {
  const paced = rowsPerSecond ? Math.max(1, Math.floor(rowsPerSecond)) : Number.POSITIVE_INFINITY;
  let timed = Number.POSITIVE_INFINITY;
  let narrowed = Number.POSITIVE_INFINITY;
  let blind = false;
  const singly = (): boolean => narrowed <= least();
  const narrow = (size: number, fault: unknown): void => {
    if (blind) throw fault;
    blind = singly();
    narrowed = Math.max(least(), Math.floor(size / 2));
  };
  return {
    rows: () => Math.max(1, Math.min(paced, timed, narrowed)),
    singly,
    blindly: () => blind,
    /** By the size that was allowed: what an operator sets may lie on either side of the declared one. */
    narrow,
    slow: (size, fault) => {
      if (singly() || size <= FEW_ROWS) narrow(size, fault);
      else timed = Math.floor(size / 2);
    },
    widen: ({ size, rows, ms, targetMs }) => {
      // Rows taken one by one say nothing of how long a batch takes.
      if (!singly() && rows > 0) timed = nextSize({ size, rows, ms, targetMs });
      blind = false;
      narrowed = size < narrowed ? Number.POSITIVE_INFINITY : narrowed * 2;
    },
  };
};

const nextSize = ({ size, rows, ms, targetMs }: WidthOf): number =>
  Math.max(1, Math.floor(Math.min((rows * targetMs) / Math.max(ms, 0.1), size * GROWTH)));
