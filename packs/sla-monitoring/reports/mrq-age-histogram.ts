// How long the queue's items have waited (SLA-65).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { AGE_HOURS, countIn } from '../report-parts.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const pending = rows.map((row) => countIn(row, 'pending'));
  const all = pending.reduce((sum, each) => sum + each, 0);
  if (all === 0) return ['Nothing waits in the queue.'];
  return [
    `${all - (pending[0] ?? 0)} of ${all} items have waited longer than 24 hours, ${pending[3]} longer than a week.`,
  ];
};

export const mrqAgeHistogram: ReportDefinition = defineReport({
  name: 'mrq_age_histogram',
  title: 'Age of what waits',
  purpose: 'How many items of the manual resolution queue have waited how long.',
  database: 'app',
  // Upper limits belong to their bucket, so that an item of exactly 24 h is not late.
  sql: `
    WITH bucket (place, bucket, above, up_to) AS (
      VALUES (1, '0-24h', '-infinity'::double precision, 24::double precision), (2, '24-48h', 24, 48),
        (3, '48-168h', 48, 168), (4, '>168h', 168, 'infinity')
    ), pending AS (
      SELECT ${AGE_HOURS} AS hours FROM public.manual_resolution_queue WHERE status = 'pending'
    )
    SELECT bucket, count(hours)::int AS pending
    FROM bucket LEFT JOIN pending ON hours > above AND hours <= up_to
    GROUP BY place, bucket ORDER BY place`,
  columns: [
    { name: 'bucket', type: 'text', about: 'hours since it was queued' },
    {
      name: 'pending',
      type: 'count',
      bands: { critical: { atLeast: 1 }, where: { bucket: '>168h' } },
    },
  ],
  interpret,
  sample: [
    { bucket: '0-24h', pending: 2 },
    { bucket: '24-48h', pending: 1 },
    { bucket: '48-168h', pending: 1 },
    { bucket: '>168h', pending: 1 },
  ],
  hint: 'Old items are the hard ones: assign each to somebody (mrq assign), or find what they have in common in mrq_patterns.',
  related: ['mrq_summary', 'mrq_patterns'],
  chart: { kind: 'bar', x: 'bucket', y: ['pending'] },
});
