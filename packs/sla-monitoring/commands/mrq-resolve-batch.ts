// `sexton sla-monitoring mrq resolve-batch`: like items together, all of those that were shown or none (SLA-97).
import { defineCommand, variable } from '../../../src/index.ts';
import {
  FILTER,
  ITEM_COLUMNS,
  ITEM_ORDER,
  itemTable,
  QUEUE_DATABASE,
  type QueueItem,
  resolveItems,
  valuesOf,
} from '../mrq.ts';

const { date, line } = variable;

/** Shown before somebody says yes. */
const SHOWN = 10;

export const mrqResolveBatch = defineCommand({
  name: 'mrq resolve-batch',
  summary: 'take like items for done together; shows how many before it asks',
  options: {
    sourceJob: { summary: 'those of this job', value: line().optional() },
    failureMode: { summary: 'those of this failure', value: line().optional() },
    resourceType: { summary: 'those of this kind', value: line().optional() },
    day: {
      summary: 'those that came into the queue on this UTC day, 2026-02-10',
      value: date().optional(),
    },
    note: { summary: 'what was done; stays with each item', value: line().default('resolved as a batch') },
  },
  audited: true,
  confirm: async (tools, { sourceJob, failureMode, resourceType, day }) => {
    const filter = { sourceJob, failureMode, resourceType, day };
    if (Object.values(filter).every((each) => each === undefined))
      return {
        refused: 'say which: --source-job, --failure-mode, --resource-type or --day, or several of them',
        exit: 2,
      };
    const items = await tools.db(QUEUE_DATABASE).query<QueueItem>(
      `SELECT ${ITEM_COLUMNS} FROM manual_resolution_queue queue WHERE ${FILTER} AND status = 'pending'
       ORDER BY ${ITEM_ORDER}`,
      valuesOf(filter),
    );
    if (items.length === 0) return { refused: 'no pending item is like that' };
    const more = items.length > SHOWN ? `\nand ${items.length - SHOWN} more` : '';
    const word = items.length === 1 ? 'item' : 'items';
    return {
      shown: `${itemTable(tools, items.slice(0, SHOWN))}${more}\n${items.length} ${word}`,
      question: `Resolve ${items.length === 1 ? 'it' : `these ${items.length}`}?`,
      seen: items.map(({ id }) => id),
    };
  },
  run: (tools, { note }, seen) =>
    tools.db(QUEUE_DATABASE).transaction(async (tx) => {
      const resolved = await resolveItems(tx, { ids: seen, note });
      const gone = seen.length - resolved.length;
      // Thrown, so that those that were still there stay as they are.
      if (gone > 0)
        throw new Error(
          `${gone} of the ${seen.length} were resolved by others meanwhile, so nothing was changed; look again`,
        );
      return {
        answer: { resolved: resolved.length, items: resolved, note },
        text: `${resolved.length} resolved`,
      };
    }),
});
