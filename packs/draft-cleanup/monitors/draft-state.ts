// How many drafts there are and how many of them nobody used (DRAFT-26), alerts 1, 2, 4 and 5, and the snapshot of each hour.
import { type ConditionDefinition, defineMonitor, type MonitorDefinition } from '../../../src/index.ts';
import { alert } from '../alerts.ts';
import type { DraftEnv } from '../env.ts';
import { DATABASE } from '../names.ts';
import { pageAtOnce } from '../policies/index.ts';
import { draftSessions } from '../sessions.ts';

const FIGURES = [
  'total_drafts',
  'unused_drafts',
  'active_drafts',
  'pollution_percentage',
  'created_last_hour',
  'created_last_24h',
  'pending_cleanup',
] as const;

/** What is published to Prometheus beside them (DRAFT-69): all courses by status, drafts by age and use. */
const COURSES = `SELECT status, coalesce(generation_status, 'null') AS generation_status, count(*)::float8 AS value
  FROM public.courses GROUP BY 1, 2`;
const BY_AGE = `SELECT bucket, used::text AS used, count(c.id)::float8 AS value
  FROM (VALUES ('< 1h', interval '0', interval '1 hour'), ('1-6h', interval '1 hour', interval '6 hours'),
    ('6-24h', interval '6 hours', interval '24 hours'), ('> 24h', interval '24 hours', NULL)) AS age (bucket, low, high)
  CROSS JOIN (VALUES (true), (false)) AS u (used)
  LEFT JOIN public.courses c ON c.status = 'draft' AND (c.generation_status IS NOT NULL) = used
    AND CASE bucket WHEN '< 1h' THEN c.created_at > sexton.now() - high
      WHEN '> 24h' THEN c.created_at < sexton.now() - low
      WHEN '6-24h' THEN c.created_at <= sexton.now() - low AND c.created_at >= sexton.now() - high
      ELSE c.created_at <= sexton.now() - low AND c.created_at > sexton.now() - high END
  GROUP BY 1, 2`;

/** One look each at an index of the drafts alone. */
const measures = (env: DraftEnv): MonitorDefinition['measures'] => {
  const state = `public.draft_state(make_interval(secs => ${env.DRAFT_RETENTION_HOURS * 3_600}))`;
  return {
    ...Object.fromEntries(
      FIGURES.map((figure) => [
        figure,
        {
          kind: 'sql' as const,
          database: DATABASE,
          sql: `SELECT ${figure} AS value FROM ${state}`,
          keep: true,
        },
      ]),
    ),
    courses: {
      kind: 'sql',
      database: DATABASE,
      sql: COURSES,
      labels: ['status', 'generation_status'],
      keep: true,
    },
    drafts_by_age: { kind: 'sql', database: DATABASE, sql: BY_AGE, labels: ['bucket', 'used'], keep: true },
    redis_sessions: draftSessions,
  };
};

/** Strictly above, and of enough drafts for a percentage to mean anything (DRAFT-122). */
const polluted = (env: DraftEnv, above: number): ConditionDefinition => {
  const rate = { measure: 'pollution_percentage', above };
  const least = env.DRAFT_MIN_TOTAL_FOR_RATE;
  return least === 0 ? rate : { all: [rate, { measure: 'total_drafts', atLeast: least }] };
};

const rules = (env: DraftEnv): MonitorDefinition['rules'] => [
  alert(
    {
      number: 1,
      name: 'draft_pollution_high',
      severity: 'warning',
      summary: '{value:2} % of all drafts were never used; the limit is {limit} %',
      when: polluted(env, env.DRAFT_POLLUTION_HIGH_PERCENT),
      response: '4h',
      actions: ['Check Redis', 'Verify the cleanup job', 'Clean up by hand if needed'],
      runbook: 'pollution-high',
    },
    {
      for: `${env.DRAFT_POLLUTION_FOR_MINUTES}m`,
      // Its cause is judged in the same look, and waits for less time than this does.
      inhibitedBy: ['draft_pollution_critical'],
      groupWait: '0s',
      // Where the database cannot be asked, one alert of four says so.
      error: 'alert',
    },
  ),
  alert(
    {
      number: 2,
      name: 'draft_pollution_critical',
      severity: 'high',
      summary: 'Half of all drafts were never used, or very many: {value:2}, the limit is {limit}',
      when: {
        any: [
          polluted(env, env.DRAFT_POLLUTION_CRITICAL_PERCENT),
          { measure: 'unused_drafts', above: env.DRAFT_UNUSED_CRITICAL_COUNT },
        ],
      },
      response: '1h',
      actions: ['Page on-call', 'Start an emergency cleanup', 'Find the root cause'],
      runbook: 'pollution-critical',
    },
    { for: '5m', routes: pageAtOnce },
  ),
  alert(
    {
      number: 4,
      name: 'old_drafts_pending',
      severity: 'warning',
      summary: `{value} unused drafts are older than ${env.DRAFT_RETENTION_HOURS} h; the limit is {limit}`,
      when: { measure: 'pending_cleanup', above: env.DRAFT_OLD_COUNT },
      response: '2h',
      actions: ['Examine the logic of the cleanup', 'Examine its logs'],
      runbook: 'old-drafts',
    },
    { for: '15m' },
  ),
  alert({
    number: 5,
    name: 'draft_traffic_spike',
    severity: 'warning',
    summary: '{value} drafts were created within the last hour; the limit is {limit}',
    when: { measure: 'created_last_hour', above: env.DRAFT_SPIKE_PER_HOUR },
    response: '1h',
    actions: ['Check for abuse', 'Find the source', 'Limit its rate'],
    runbook: 'traffic-spike',
  }),
];

/** Every 5 min; for-durations are DRAFT-30's, the state snapshot DRAFT-73's. */
export const draftState = (env: DraftEnv): MonitorDefinition =>
  defineMonitor({
    name: 'draft-state',
    summary: 'How many drafts there are, how many nobody used, how many are overdue',
    owner: 'draft-on-call',
    schedule: '*/5 * * * *',
    measures: measures(env),
    rules: rules(env),
    records: [
      {
        measure: 'total_drafts',
        fields: {
          ...Object.fromEntries(FIGURES.map((figure) => [figure, `{${figure}}`])),
          pollution_percentage: '{pollution_percentage:2}',
          snapshot_time: '{tick}',
        },
      },
    ],
    writes: [
      {
        name: 'hourly-snapshot',
        database: DATABASE,
        every: '1h',
        sql: `INSERT INTO public.draft_snapshots
            (taken_at, total_drafts, unused_drafts, active_drafts, pollution_percentage, redis_sessions)
          VALUES (:tick, :total_drafts, :unused_drafts, :active_drafts, :pollution_percentage, :redis_sessions)
          ON CONFLICT DO NOTHING`,
      },
    ],
  });
