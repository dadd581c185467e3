// Q7: when in the week drafts are created, and when they are abandoned: weekday × hour over four whole weeks (DRAFT-47).
import { defineReport, type Interpreted, type ReportDefinition, type ReportRow } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';
import { countIn, many, percent, rounded } from '../report-text.ts';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const cellOf = (row: ReportRow): string =>
  `${DAYS[countIn(row, 'day_of_week') - 1]} ${String(countIn(row, 'hour_of_day')).padStart(2, '0')} h`;

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const peaks = rows
    .filter((row) => row['is_peak'] === true)
    .toSorted((a, b) => countIn(b, 'drafts_created') - countIn(a, 'drafts_created'));
  const [busiest] = peaks;
  if (!busiest) return ['No draft was created in the last 28 days.'];
  const all = rows.reduce((sum, row) => sum + countIn(row, 'drafts_created'), 0);
  const atPeaks = peaks.reduce((sum, row) => sum + countIn(row, 'drafts_created'), 0);
  return [
    `Busiest: ${cellOf(busiest)} with ${many(countIn(busiest, 'drafts_created'), 'draft')} in 28 days, ${rounded(
      countIn(busiest, 'avg_drafts'),
    )} each time.`,
    `The ${many(peaks.length, 'peak hour')} of the week hold ${percent((100 * atPeaks) / all)} of all drafts.`,
  ];
};

export const hourlyTrafficPattern: ReportDefinition = defineReport({
  name: 'hourly_traffic_pattern',
  number: 7,
  title: 'Hourly Traffic Pattern',
  purpose: 'Peak hours: drafts by weekday and hour (UTC) over the 28 complete days before today.',
  database: DATABASE,
  // Counted by hour first: 672 hours are sorted into the week, not every draft.
  sql: `
    WITH span AS MATERIALIZED (
      SELECT date_trunc('day', sexton.now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '672 hours' AS since
    ), by_hour AS (
      SELECT date_bin('1 hour', created_at, timestamptz '2000-01-01 00:00Z') AS begins, count(*) AS created, count(used_at) AS used
      FROM public.draft_ledger
      WHERE created_at >= date_trunc('day', sexton.now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '672 hours'
        AND created_at < date_trunc('day', sexton.now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
      GROUP BY 1
    ), cells AS (
      SELECT extract(isodow FROM begins AT TIME ZONE 'UTC')::int AS day_of_week,
        extract(hour FROM begins AT TIME ZONE 'UTC')::int AS hour_of_day,
        sum(coalesce(created, 0))::bigint AS created, sum(coalesce(created - used, 0))::bigint AS abandoned
      FROM span CROSS JOIN generate_series(0, 671) AS place
      CROSS JOIN LATERAL (SELECT since + make_interval(hours => place) AS begins) AS hour
      LEFT JOIN by_hour USING (begins) GROUP BY 1, 2
    )
    SELECT day_of_week, hour_of_day, created AS drafts_created, created / 4.0 AS avg_drafts, abandoned,
      100.0 * abandoned / nullif(created, 0) AS abandonment_rate,
      created > 0 AND row_number() OVER (ORDER BY created DESC, day_of_week, hour_of_day) <= 10 AS is_peak
    FROM cells ORDER BY day_of_week, hour_of_day`,
  columns: [
    { name: 'day_of_week', type: 'count', about: '1 is Monday, 7 Sunday' },
    { name: 'hour_of_day', type: 'count', about: '0 to 23, UTC' },
    { name: 'drafts_created', type: 'count' },
    { name: 'avg_drafts', type: 'number', about: 'of the four weeks' },
    { name: 'abandoned', type: 'count', about: 'not used so far' },
    { name: 'abandonment_rate', type: 'percent' },
    { name: 'is_peak', type: 'boolean', about: 'one of the ten busiest' },
  ],
  budgetMs: 250,
  interpret,
  sample: [
    {
      day_of_week: 1,
      hour_of_day: 10,
      drafts_created: 20,
      avg_drafts: 5,
      abandoned: 4,
      abandonment_rate: 20,
      is_peak: true,
    },
  ],
  hint: 'A peak where nobody works: a client or a bot, see `traffic source`. High abandonment at peaks: Q11.',
  related: ['daily_trend_analysis', 'user_behavior_analysis', 'draft_traffic_spike'],
});
