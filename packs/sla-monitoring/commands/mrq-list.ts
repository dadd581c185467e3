// `sexton sla-monitoring mrq list`: what waits in the manual resolution queue, what comes first at the top (SLA-97).
import { defineCommand, variable } from '../../../src/index.ts';
import {
  FILTER,
  ITEM_COLUMNS,
  ITEM_ORDER,
  itemTable,
  QUEUE_DATABASE,
  type QueueItem,
  valuesOf,
} from '../mrq.ts';

const { date, number, oneOf, line } = variable;

export const mrqList = defineCommand({
  name: 'mrq list',
  summary: 'items of the manual resolution queue, by priority, then the oldest first',
  options: {
    sourceJob: { summary: 'only of this job', value: line().optional() },
    failureMode: { summary: 'only of this failure', value: line().optional() },
    resourceType: { summary: 'only of this kind', value: line().optional() },
    day: { summary: 'only of this UTC day, 2026-02-10', value: date().optional() },
    assignedTo: { summary: 'only of this person', value: line().optional() },
    status: {
      summary: 'pending, resolved or all',
      value: oneOf(['pending', 'resolved', 'all']).default('pending'),
    },
    limit: {
      summary: 'at most so many',
      value: number({ atLeast: 1, atMost: 10_000, whole: true }).default(50),
    },
  },
  run: async (tools, { assignedTo, status, limit, ...filter }) => {
    const db = tools.db(QUEUE_DATABASE);
    const meant = `${FILTER} AND ($5::text IS NULL OR assigned_to = $5) AND ($6 = 'all' OR status = $6)`;
    const values = [...valuesOf(filter), assignedTo ?? null, status];
    const [counted] = await db.query<{ readonly n: number }>(
      `SELECT count(*)::int AS n FROM manual_resolution_queue queue WHERE ${meant}`,
      values,
    );
    const items = await db.query<QueueItem>(
      `SELECT ${ITEM_COLUMNS} FROM manual_resolution_queue queue WHERE ${meant} ORDER BY ${ITEM_ORDER} LIMIT $7`,
      [...values, limit],
    );
    const total = counted?.n ?? 0;
    const word = total === 1 ? 'item' : 'items';
    const shown = total > items.length ? `, the first ${items.length} of them shown` : '';
    return {
      answer: { total, items },
      text: total === 0 ? 'no such item' : `${itemTable(tools, items)}\n${total} ${word}${shown}`,
    };
  },
});
