// The manual resolution queue in one row (SLA-39, SLA-40, SLA-62, SLA-63).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { AGE_HOURS, countIn, many, numberIn } from '../report-parts.ts';

const interpret =
  (env: SlaEnv) =>
  ({ rows: [row] }: Interpreted): readonly string[] => {
    const pending = countIn(row, 'total_pending');
    if (pending === 0) return ['Nothing waits in the queue.'];
    const late = countIn(row, 'items_exceeding_24h_sla');
    const escalated = countIn(row, 'items_requiring_escalation');
    const ratio = numberIn(row, 'resolution_ratio');
    return [
      `${many(pending, 'item waits', 'items wait')}, ${late} of them longer than ${env.MRQ_ITEM_SLA_HOURS} h.`,
      ...(escalated > 0
        ? [
            `${many(escalated, 'item needs', 'items need')} somebody now: older than ${env.MRQ_AGE_ESCALATION_HOURS} h.`,
          ]
        : []),
      ...(ratio !== null && ratio < env.MRQ_RESOLUTION_DROP_RATIO
        ? [`Items are resolved at less than ${env.MRQ_RESOLUTION_DROP_RATIO} of the usual pace.`]
        : []),
    ];
  };

export const mrqSummary = (env: SlaEnv): ReportDefinition =>
  defineReport({
    name: 'mrq_summary',
    title: 'Manual resolution queue',
    purpose: 'How many items wait for a person, how long, and whether people keep up.',
    database: 'app',
    // One instant for all ages. The usual pace is that of the seven days before the last one.
    sql: `
    WITH pending AS (
      SELECT ${AGE_HOURS} AS hours FROM public.manual_resolution_queue WHERE status = 'pending'
    ), resolved AS (
      SELECT count(*) FILTER (WHERE resolved_at > sexton.now() - interval '24 hours')::int AS lately,
        count(*) FILTER (WHERE resolved_at <= sexton.now() - interval '24 hours') / 7::double precision AS usually
      FROM public.manual_resolution_queue
      WHERE status = 'resolved' AND resolved_at > sexton.now() - interval '192 hours' AND resolved_at <= sexton.now()
    )
    SELECT count(*)::int AS total_pending, avg(hours) AS average_age_hours, max(hours) AS oldest_item_hours,
      count(*) FILTER (WHERE hours > ${env.MRQ_ITEM_SLA_HOURS})::int AS items_exceeding_24h_sla,
      count(*) FILTER (WHERE hours > ${env.MRQ_AGE_ESCALATION_HOURS})::int AS items_requiring_escalation,
      (SELECT lately FROM resolved) AS resolved_last_24h, (SELECT usually FROM resolved) AS avg_resolved_per_day,
      (SELECT lately / nullif(usually, 0) FROM resolved) AS resolution_ratio
    FROM pending`,
    columns: [
      {
        name: 'total_pending',
        type: 'count',
        bands: { warning: { above: env.MRQ_DEPTH_WARNING }, critical: { above: env.MRQ_DEPTH_CRITICAL } },
      },
      {
        name: 'average_age_hours',
        type: 'hours',
        decimals: 1,
        bands: { warning: { above: env.MRQ_AGE_WARNING_HOURS } },
      },
      {
        name: 'oldest_item_hours',
        type: 'hours',
        decimals: 1,
        bands: { critical: { above: env.MRQ_AGE_ESCALATION_HOURS } },
      },
      {
        name: 'items_exceeding_24h_sla',
        type: 'count',
        about: `older than ${env.MRQ_ITEM_SLA_HOURS} h`,
        bands: { warning: { atLeast: 1 } },
      },
      {
        name: 'items_requiring_escalation',
        type: 'count',
        about: `older than ${env.MRQ_AGE_ESCALATION_HOURS} h`,
        bands: { critical: { atLeast: 1 } },
      },
      { name: 'resolved_last_24h', type: 'count' },
      { name: 'avg_resolved_per_day', type: 'number', decimals: 1, about: 'in the seven days before' },
      {
        name: 'resolution_ratio',
        type: 'number',
        about: 'of the two before it; nothing where the usual pace is 0',
        bands: { warning: { below: env.MRQ_RESOLUTION_DROP_RATIO } },
      },
    ],
    interpret: interpret(env),
    sample: [
      {
        total_pending: 5,
        average_age_hours: 56.8,
        oldest_item_hours: 170,
        items_exceeding_24h_sla: 3,
        items_requiring_escalation: 1,
        resolved_last_24h: 4,
        avg_resolved_per_day: 10,
        resolution_ratio: 0.4,
      },
    ],
    hint: 'What the items have in common: mrq_patterns; like ones can be resolved together with mrq resolve-batch.',
    related: [
      'mrq_age_histogram',
      'mrq_by_priority',
      'mrq_patterns',
      'mrq_resolution_trend',
      'monitor_manual_resolution_queue',
    ],
  });
