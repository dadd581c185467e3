// What is measured of the manual resolution queue: every figure of one statement, at one instant (SLA-39, SLA-40), with the
// items that come first and where to resolve them (SLA-42).
import type { MeasureDefinition } from '../../src/index.ts';
import type { SlaEnv } from './env.ts';
import { ITEM_ORDER } from './mrq.ts';

/** Items that an alert names. */
const FIRST = 10;

/** Upper bounds of ages, in hours (SLA-75). */
const AGE_BOUNDS = [1, 6, 12, 24, 48, 72, 168, 336];

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** Address of an item in the page where operators resolve it; null without one. */
const link = ({ MRQ_RESOLUTION_UI_URL: url }: SlaEnv): string =>
  url === undefined ? 'NULL::text' : `${text(`${url.replace(/\/$/, '')}/`)} || id`;

/** An item of the future has no age yet (SLA-119). */
const PENDING = `pending AS (
  SELECT queue.*, greatest(extract(epoch FROM sexton.now() - queue.created_at), 0)::float8 / 3600 AS hours,
    row_number() OVER (ORDER BY ${ITEM_ORDER}) AS place
  FROM public.manual_resolution_queue queue WHERE queue.status = 'pending')`;

const oneDecimal = (value: string): string => `round((${value})::numeric, 1)::float8`;

const figures = (env: SlaEnv): string => `${PENDING}, ages AS (
  SELECT count(*)::int AS total_pending, avg(hours) AS average_age, max(hours) AS oldest, coalesce(sum(hours), 0) AS age_sum,
    count(*) FILTER (WHERE hours > ${env.MRQ_ITEM_SLA_HOURS})::int AS items_exceeding_24h_sla,
    count(*) FILTER (WHERE hours > ${env.MRQ_AGE_ESCALATION_HOURS})::int AS items_requiring_escalation
  FROM pending
), resolved AS (
  SELECT count(*) FILTER (WHERE resolved_at > sexton.now() - interval '24 hours')::float8 AS last_24h,
    count(*) FILTER (WHERE resolved_at <= sexton.now() - interval '24 hours') / 7.0::float8 AS per_day
  FROM public.manual_resolution_queue
  WHERE status = 'resolved' AND resolved_at > sexton.now() - interval '8 days' AND resolved_at <= sexton.now()
), first AS (
  SELECT place, jsonb_build_object('id', id, 'source_job', source_job, 'resource_type', resource_type,
    'resource_id', resource_id, 'failure_mode', failure_mode, 'priority', priority, 'assigned_to', assigned_to,
    'age_hours', ${oneDecimal('hours')}, 'link', ${link(env)}) AS item
  FROM pending WHERE place <= ${FIRST}
)`;

const SUMMARY = `total_pending, ${oneDecimal('average_age')} AS average_age_hours, ${oneDecimal('oldest')} AS oldest_item_hours,
  items_exceeding_24h_sla, items_requiring_escalation, last_24h AS resolved_last_24h,
  ${oneDecimal('per_day')} AS avg_resolved_per_day, round((last_24h / nullif(per_day, 0))::numeric, 2)::float8 AS resolution_ratio`;

const ITEMS = `coalesce((SELECT jsonb_agg(item ORDER BY place) FROM first), '[]') AS items`;

/** One a line, for people. */
const ITEM_FACTS = Array.from({ length: FIRST }, (_, place) => `item_${place + 1}`);

const itemFact = (name: string, place: number): string =>
  `(SELECT concat_ws(' · ', item ->> 'priority', item ->> 'source_job', item ->> 'resource_id', item ->> 'failure_mode',
     (item ->> 'age_hours') || ' h', coalesce(item ->> 'link', item ->> 'id')) FROM first WHERE place = ${place + 1}) AS ${name}`;

const SUMMARY_COLUMNS = [
  'total_pending',
  'average_age_hours',
  'oldest_item_hours',
  'items_exceeding_24h_sla',
  'items_requiring_escalation',
  'resolved_last_24h',
  'avg_resolved_per_day',
  'resolution_ratio',
];

const QUEUE = `'manual_resolution_queue' AS queue`;

/** One figure of the queue, with all the others and the first items beside it. */
const figure = (env: SlaEnv, value: string): MeasureDefinition => ({
  kind: 'sql',
  database: 'app',
  labels: ['queue'],
  facts: ITEM_FACTS,
  payload: [...SUMMARY_COLUMNS, 'items'],
  sql: `WITH ${figures(env)} SELECT ${QUEUE}, ${value} AS value, ${SUMMARY}, ${ITEMS},
    ${ITEM_FACTS.map(itemFact).join(', ')} FROM ages, resolved`,
});

const plain = (env: SlaEnv, value: string): MeasureDefinition => ({
  kind: 'sql',
  database: 'app',
  labels: ['queue'],
  keep: true,
  sql: `WITH ${figures(env)} SELECT ${QUEUE}, (${value})::float8 AS value FROM ages, resolved`,
});

/** A row a priority, also where none waits. */
const BY_PRIORITY = `SELECT wanted.priority, count(queue.id)::float8 AS value
  FROM unnest(ARRAY['urgent', 'high', 'normal', 'low']) AS wanted (priority)
  LEFT JOIN public.manual_resolution_queue queue ON queue.status = 'pending' AND queue.priority = wanted.priority
  GROUP BY wanted.priority`;

/** Pending items that are at most so many hours old, as a histogram counts them. */
const AGES = `WITH ${PENDING} SELECT bound::text AS le, count(hours)::float8 AS value
  FROM unnest(ARRAY[${AGE_BOUNDS.join(', ')}]) AS bound LEFT JOIN pending ON hours <= bound GROUP BY bound
  UNION ALL SELECT '+Inf', count(*)::float8 FROM pending`;

export const queueMeasures = (env: SlaEnv): Readonly<Record<string, MeasureDefinition>> => ({
  depth: figure(env, 'total_pending::float8'),
  average_age: figure(env, 'average_age'),
  items_requiring_escalation: figure(env, 'items_requiring_escalation::float8'),
  resolution_ratio: figure(env, 'last_24h / nullif(per_day, 0)'),
  oldest_age: plain(env, 'oldest'),
  items_exceeding_sla: plain(env, 'items_exceeding_24h_sla'),
  resolution_rate: plain(env, 'last_24h'),
  average_resolution_rate: plain(env, 'per_day'),
  age_hours_sum: plain(env, 'age_sum'),
  depth_by_priority: { kind: 'sql', database: 'app', labels: ['priority'], keep: true, sql: BY_PRIORITY },
  items_by_age: { kind: 'sql', database: 'app', labels: ['le'], keep: true, sql: AGES },
});
