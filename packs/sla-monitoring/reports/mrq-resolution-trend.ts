// How the queue grew and shrank, day by day (SLA-66).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { countIn, many } from '../report-parts.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const sum = (column: string): number => rows.reduce((total, row) => total + countIn(row, column), 0);
  const [created, resolved] = [sum('created'), sum('resolved')];
  const word = created > resolved ? 'grew' : created < resolved ? 'shrank' : 'kept its length';
  return [
    `In ${many(rows.length, 'day')} ${many(created, 'item')} came and ${resolved} were resolved: the queue ${word}.`,
  ];
};

export const mrqResolutionTrend: ReportDefinition = defineReport({
  name: 'mrq_resolution_trend',
  title: 'Resolution trend',
  purpose:
    'How many items came into the manual resolution queue and left it each day, and how many waited at its end.',
  database: 'app',
  params: {
    days: { type: 'integer', about: 'how many days, today included', default: 30, min: 1, max: 400 },
  },
  // What waited at the end of a day came by then and was not resolved by then; today ends now. UTC days.
  sql: `
    WITH clock AS MATERIALIZED (SELECT (sexton.now() AT TIME ZONE 'UTC')::date AS today),
    change AS (
      SELECT (created_at AT TIME ZONE 'UTC')::date AS date, 1 AS created, 0 AS resolved
      FROM public.manual_resolution_queue WHERE created_at <= sexton.now()
      UNION ALL
      SELECT (resolved_at AT TIME ZONE 'UTC')::date, 0, 1
      FROM public.manual_resolution_queue WHERE status = 'resolved' AND resolved_at <= sexton.now()
    ), counted AS (
      SELECT greatest(date, today - :days) AS date, sum(created) AS created, sum(resolved) AS resolved
      FROM change CROSS JOIN clock GROUP BY 1
    ), days AS (
      SELECT date, back, coalesce(created, 0) AS created, coalesce(resolved, 0) AS resolved,
        sum(coalesce(created, 0) - coalesce(resolved, 0)) OVER (ORDER BY date) AS pending
      FROM clock CROSS JOIN generate_series(0, :days) AS back
      CROSS JOIN LATERAL (SELECT today - back AS date) AS day
      LEFT JOIN counted USING (date)
    )
    SELECT date, created::int AS created, resolved::int AS resolved, pending::int AS pending_end_of_day
    FROM days WHERE back < :days ORDER BY date DESC`,
  columns: [
    { name: 'date', type: 'date', about: 'UTC' },
    { name: 'created', type: 'count' },
    { name: 'resolved', type: 'count' },
    { name: 'pending_end_of_day', type: 'count', about: 'of today: now' },
  ],
  interpret,
  sample: [{ date: '2026-02-10', created: 12, resolved: 20, pending_end_of_day: 42 }],
  hint: 'More come than go: mrq_patterns names what sends them. Fewer go than usual: who works the queue?',
  related: ['mrq_summary', 'mrq_patterns'],
  chart: { kind: 'line', x: 'date', y: ['created', 'resolved', 'pending_end_of_day'] },
});
