// What waits, by priority (SLA-66).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { countIn, many } from '../report-parts.ts';

const interpret = ({ rows: [urgent, high] }: Interpreted): readonly string[] => {
  const first = countIn(urgent, 'pending') + countIn(high, 'pending');
  return [
    first === 0
      ? 'Nothing of priority urgent or high waits.'
      : `${many(first, 'item')} of priority urgent or high should be assigned first.`,
  ];
};

export const mrqByPriority: ReportDefinition = defineReport({
  name: 'mrq_by_priority',
  title: 'What waits by priority',
  purpose: 'How many items of each priority wait in the manual resolution queue.',
  database: 'app',
  sql: `
    WITH priority (place, priority) AS (VALUES (1, 'urgent'), (2, 'high'), (3, 'normal'), (4, 'low')),
    counted AS (
      SELECT place, priority.priority, count(item.id)::int AS pending
      FROM priority
      LEFT JOIN public.manual_resolution_queue item ON item.priority = priority.priority AND item.status = 'pending'
      GROUP BY place, priority.priority
    )
    SELECT priority, pending, 100.0 * pending / nullif(sum(pending) OVER (), 0) AS share_percent FROM counted ORDER BY place`,
  columns: [
    { name: 'priority', type: 'text' },
    {
      name: 'pending',
      type: 'count',
      bands: { warning: { atLeast: 1 }, where: { priority: 'urgent' } },
    },
    { name: 'share_percent', type: 'percent', decimals: 1, about: 'of all that wait' },
  ],
  interpret,
  sample: [
    { priority: 'urgent', pending: 1, share_percent: 2.4 },
    { priority: 'high', pending: 5, share_percent: 11.9 },
    { priority: 'normal', pending: 30, share_percent: 71.4 },
    { priority: 'low', pending: 6, share_percent: 14.3 },
  ],
  hint: 'List the first ones with mrq list, and assign them with mrq assign.',
  related: ['mrq_summary', 'mrq_patterns'],
  chart: { kind: 'bar', x: 'priority', y: ['pending'] },
});
