// The tables that are measured: how many rows, how many of them eligible, and in which order they lie in the heap.

export interface Layout {
  readonly name: string;
  /** Share of the rows that is eligible. */
  readonly share: number;
  /**
   * `correlated`: heap, ids and ages in one order, as a table that is only appended to. `random`: the heap is shuffled
   * and ids still follow ages, as after years of updates. `random age`: ids follow the heap and ages follow neither.
   */
  readonly heap: 'correlated' | 'random' | 'random age';
  /** Two more indexes, one of them over a random-looking text, and a child table that deletes cascade to. */
  readonly wide?: boolean;
  /** Measured only where `--layouts` names it. */
  readonly onRequest?: boolean;
}

const percent = (share: number): string => `${share * 100}%`;

const plain = (share: number, heap: 'correlated' | 'random'): Layout => ({
  name: `${percent(share)}-${heap}`,
  share,
  heap,
});

export const LAYOUTS: readonly Layout[] = [
  ...[0.005, 0.05, 0.5].flatMap((share) => [plain(share, 'correlated'), plain(share, 'random')]),
  // A quarter: with 2,000,000 rows the 500,000 from which the worst layout is judged.
  { name: 'four-indexes-and-child', share: 0.25, heap: 'correlated', wide: true },
  { name: '5%-random-age', share: 0.05, heap: 'random age', onRequest: true },
  { name: '50%-random-age', share: 0.5, heap: 'random age', onRequest: true },
];

/** Where the concurrent load is measured: most rows go, and their pages are the live rows' too. */
export const OLTP_LAYOUT = '50%-random';

export const eligibleRows = ({ share }: Pick<Layout, 'share'>, rows: number): number =>
  Math.round(rows * share);

/** Ids of rows that stay, as far as they are one range. */
export const liveIds = (layout: Layout, rows: number): { readonly from: number; readonly to: number } => {
  if (layout.heap === 'random age')
    throw new Error(`the rows that stay in ${layout.name} are no range of ids`);
  return { from: eligibleRows(layout, rows) + 1, to: rows };
};
