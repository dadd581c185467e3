// What the pack's alerts were, and how far each went (SLA-67).
import { defineReport, type Interpreted, type ReportDefinition } from '../../../src/index.ts';
import { many } from '../report-parts.ts';

const interpret = ({ rows }: Interpreted): readonly string[] => {
  const open = rows.filter(({ state }) => state === 'open');
  return [
    rows.length === 0
      ? 'There was no alert in this time.'
      : `${many(rows.length, 'alert')}; ${open.length === 0 ? 'none waits for an answer' : `${many(open.length, 'waits', 'wait')} for an answer`}.`,
  ];
};

export const alertHistory: ReportDefinition = defineReport({
  name: 'alert_history',
  title: 'Alert history',
  purpose: 'Which alerts there were, who had them when, and how far they escalated.',
  database: 'home',
  params: {
    within: {
      type: 'duration',
      about: 'how far back alerts opened',
      default: '30d',
      min: 60,
      max: 400 * 86_400,
    },
    limit: { type: 'integer', about: 'how many at most', default: 200, min: 1, max: 5000 },
  },
  sql: `
    SELECT first_fired_at AS opened_at, firing ->> 'alertType' AS alert_type,
      coalesce(labels ->> 'job', labels ->> 'check', labels ->> 'queue', rule) AS job,
      firing ->> 'severityWord' AS severity,
      CASE WHEN state = 'open' THEN coalesce(ladder ->> 'status', 'open') ELSE state END AS state,
      acknowledged_at, resolved_at, coalesce((ladder ->> 'nextTier')::int, 0) AS escalation_level
    FROM sexton.incident
    WHERE pack = 'sla-monitoring' AND first_fired_at > sexton.now() - :within
    ORDER BY first_fired_at DESC, number DESC LIMIT :limit`,
  columns: [
    { name: 'opened_at', type: 'instant' },
    { name: 'alert_type', type: 'text', about: 'the band that it shows now, or showed last' },
    { name: 'job', type: 'text', about: 'what it is about: a job, a check, or its rule' },
    {
      name: 'severity',
      type: 'text',
      bands: { warning: { is: ['WARNING'] }, critical: { is: ['CRITICAL'] } },
    },
    { name: 'state', type: 'text', about: 'open, acknowledged, snoozed, resolved or closed' },
    { name: 'acknowledged_at', type: 'instant' },
    { name: 'resolved_at', type: 'instant' },
    {
      name: 'escalation_level',
      type: 'count',
      about: 'steps of its ladder that have come: 1 from its first notice on',
    },
  ],
  interpret,
  sample: [
    {
      opened_at: '2026-02-10T12:15:00Z',
      alert_type: 'sla_breach_warning',
      job: 'cleanup_quiz_responses',
      severity: 'WARNING',
      state: 'acknowledged',
      acknowledged_at: '2026-02-10T12:40:00Z',
      resolved_at: null,
      escalation_level: 1,
    },
  ],
  hint: 'One of them with its messages: sexton incident <number>. What is open and why it is held: sexton incidents.',
  related: ['sla_summary', 'health_latest', 'mrq_summary'],
});
