// Through the table's pages in their order: each page is read and written once, however the old rows lie. A row that an
// update moves behind the walk escapes it, which is why a pass along the age index follows.
import type { HeapFacts } from '../../adapters/postgres/tables/table-facts.ts';
import type { Walk } from './walk.ts';

/** Aims a little below the size: rows do not lie evenly, and a stretch that holds too many is taken back. */
const AIM = 0.9;

/** No page holds more rows than this (MaxHeapTuplesPerPage is 291), so that one of them is always a batch. */
export const LEAST_ROWS = 300;

/** A stretch grows at most so many times from one to the next: what follows may be dense. */
const GROWTH = 2;

/** Pages of the first stretch at most, until it is known how long one takes: 2 MB. */
const FIRST_PAGES = 256;

/** The cursor names the table's file beside the page: after a rewrite every row lies elsewhere. */
export const heapOrderWalk = ({ pages, file }: HeapFacts, expectedRows: number): Walk => {
  let density = Math.max(expectedRows, 1) / Math.max(pages, 1);
  let most = FIRST_PAGES;
  let taken = 0;
  return {
    name: 'heap-order-ranges',
    least: LEAST_ROWS,
    next: async (_, __, { position: { cursor }, size }) => {
      const [page = '0', ofFile = file] = cursor ?? [];
      const from = Number(page);
      if (ofFile !== file || from >= pages || size < LEAST_ROWS) return undefined;
      taken = Math.max(1, Math.min(Math.floor((size * AIM) / density), most));
      const to = Math.min(from + taken, pages);
      return {
        window: { pages: [from, to] },
        end: to < pages ? [String(to), file] : undefined,
        guessed: true,
      };
    },
    learn: ({ rows, ms, targetMs }) => {
      density = Math.max(rows / taken, 1 / (taken * GROWTH));
      most = Math.max(1, Math.floor(taken * Math.min(GROWTH, targetMs / Math.max(ms, 1))));
    },
  };
};
