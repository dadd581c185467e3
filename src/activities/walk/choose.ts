// Which way a step goes through its table, from the planner's statistics. The figures are milliseconds for tables that lie
// in memory, measured with `npm run bench:cleanup`; only their ratios matter.
import type { TableStatistics } from '../../adapters/postgres/tables/table-facts.ts';
import type { BatchedStep, Strategy } from '../../domain/jobs/step.ts';
import { LEAST_ROWS } from './heap-order.ts';
import { mostPasses } from './passes.ts';

/** Reading one page in its turn. */
const PAGE_MS = 0.004;
/** Finding the end of each window along the index. */
const ALONG_INDEX_MS = 0.0005;
/** Reaching a row whose page is not the one before's. */
const SCATTERED_ROW_MS = 0.006;

/** Below, either way takes no time worth a thought. */
const FEW_ROWS = 1_000;

export interface Choice {
  readonly strategy: Strategy;
  /** In figures. */
  readonly because: string;
}

interface ChooseInput {
  readonly step: BatchedStep;
  readonly statistics: TableStatistics;
  readonly eligible: number;
}

export const chooseStrategy = ({ step, statistics, eligible }: ChooseInput): Choice => {
  const { selection, strategy: declared, batchRows } = step;
  const { rows, pages, partitioned, correlation = 0 } = statistics;
  const about = Math.max(rows, eligible);
  const share = about === 0 ? 0 : eligible / about;
  const order =
    statistics.correlation === undefined
      ? 'in an order that nobody has analysed yet'
      : `${Math.abs(correlation) > 0.9 ? 'in' : 'not in'} the order of the pages (correlation ${correlation.toFixed(2)})`;
  const figures =
    `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} % of about ${Math.round(about).toLocaleString('en-US')} rows, ` +
    `${selection.age.column} ${order}`;
  if (partitioned) return { strategy: 'age-index-windows', because: `a partitioned table; ${figures}` };
  if (selection.age.of)
    return { strategy: 'age-index-windows', because: `along the rows they refer to; ${figures}` };
  if (mostPasses(step) === 1)
    return { strategy: 'age-index-windows', because: `each row is handed over once; ${figures}` };
  if (step.action === 'http-items')
    return { strategy: 'age-index-windows', because: `the oldest first; ${figures}` };
  if (declared) return { strategy: declared, because: `declared; ${figures}` };
  if (eligible < FEW_ROWS || batchRows < LEAST_ROWS)
    return { strategy: 'age-index-windows', because: figures };
  const inOrder = pages * PAGE_MS;
  const alongIndex = eligible * (ALONG_INDEX_MS + SCATTERED_ROW_MS * (1 - correlation ** 2));
  return { strategy: inOrder < alongIndex ? 'heap-order-ranges' : 'age-index-windows', because: figures };
};
