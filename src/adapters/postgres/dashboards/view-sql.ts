// SQL of the views that every dashboard may show: alerts and runs, out of Sexton's own rows. Plain text without parameters,
// since Grafana asks the same as Sexton's own page. Column names are domain/dashboards/view-columns.ts's.
import type { AlertsPanelSource, RunsPanelSource } from '../../../domain/dashboards/dashboard.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A rule of the pack and the monitor that judges it. */
export interface ViewedRule {
  readonly rule: string;
  readonly monitor: string;
}

/** How an incident stands, in one word. */
const STANDS = `CASE WHEN i.state <> 'open' THEN 'resolved'
      WHEN i.acknowledged_by IS NOT NULL THEN 'acknowledged' WHEN i.hold IS NOT NULL THEN 'held' ELSE 'firing' END`;

/** `job cleanup_pdfs, queue a`; a dash where the alert has no labels. */
const ABOUT = `coalesce((SELECT string_agg(l.key || ' ' || l.value, ', ' ORDER BY l.key)
      FROM jsonb_each_text(i.labels) AS l), '–')`;

/** Whatever is open, and what was in the time. */
const within = (pack: string, seconds: number): string =>
  `i.pack = ${quoted(pack)} AND (i.state = 'open' OR coalesce(i.resolved_at, i.first_fired_at) > sexton.now() - make_interval(secs => ${seconds}))`;

const history = (pack: string, seconds: number): string => `
  SELECT i.first_fired_at AS opened_at, coalesce(i.firing ->> 'alertType', i.rule) AS alert, ${ABOUT} AS about,
    coalesce(i.firing ->> 'severityWord', i.severity) AS severity, ${STANDS} AS state, i.acknowledged_at, i.resolved_at
  FROM sexton.incident i WHERE ${within(pack, seconds)} ORDER BY i.first_fired_at DESC, i.number DESC LIMIT 500`;

const incidents = (pack: string, seconds: number): string => `
  SELECT i.first_fired_at AS opened_at, coalesce(i.resolved_at, i.closed_at) AS until,
    i.rule || '/' || i.number AS incident, ${STANDS} AS state,
    coalesce((SELECT o.tier FROM sexton.outbox o WHERE o.incident = i.number AND o.state = 'sent'
      ORDER BY o.wake DESC LIMIT 1), 'nobody told') AS step
  FROM sexton.incident i WHERE ${within(pack, seconds)} ORDER BY i.first_fired_at DESC, i.number DESC LIMIT 500`;

/** The worst series of a rule speaks for it. A rule whose monitor has had no tick is told as such, never as fine. */
const states = (pack: string, rules: readonly ViewedRule[]): string => `
  SELECT r.alert, CASE WHEN open.number IS NOT NULL AND open.acknowledged_by IS NOT NULL THEN 'acknowledged'
      WHEN worst.state IS NOT NULL THEN worst.word WHEN open.number IS NOT NULL THEN 'firing'
      WHEN looked.tick IS NULL THEN 'not looked at' ELSE 'ok' END AS state,
    coalesce(worst.since, open.first_fired_at) AS since
  FROM (VALUES ${rules.map(({ rule, monitor }, place) => `(${place}, ${quoted(rule)}, ${quoted(monitor)})`).join(', ') || "(0, '', '')"}) AS r (place, alert, monitor)
  LEFT JOIN LATERAL (
    SELECT s.state, s.since, CASE s.state WHEN 'noData' THEN 'no data' ELSE s.state END AS word FROM sexton.alert_state s
    WHERE s.pack = ${quoted(pack)} AND s.rule = r.alert AND s.state <> 'inactive'
    ORDER BY array_position(ARRAY['firing', 'resolving', 'error', 'noData', 'pending'], s.state) LIMIT 1) worst ON true
  LEFT JOIN LATERAL (
    SELECT i.number, i.acknowledged_by, i.first_fired_at FROM sexton.incident i
    WHERE i.pack = ${quoted(pack)} AND i.rule = r.alert AND i.state = 'open' ORDER BY i.number LIMIT 1) open ON true
  LEFT JOIN sexton.evaluation looked ON looked.pack = ${quoted(pack)} AND looked.monitor = r.monitor
  ${rules.length === 0 ? 'WHERE false ' : ''}ORDER BY r.place`;

/** Every view of alerts as one SELECT. */
export const alertsSql = (
  pack: string,
  { alerts, withinSeconds }: AlertsPanelSource,
  rules: readonly ViewedRule[],
): string => {
  if (alerts === 'states') return states(pack, rules);
  return alerts === 'history' ? history(pack, withinSeconds) : incidents(pack, withinSeconds);
};

const ofJobs = (pack: string, { jobs, withinSeconds }: RunsPanelSource): string =>
  [
    `r.pack = ${quoted(pack)} AND NOT r.dry_run AND r.ended_at > sexton.now() - make_interval(secs => ${withinSeconds})`,
    ...(jobs ? [`r.job IN (${jobs.map(quoted).join(', ')})`] : []),
  ].join(' AND ');

/** Every view of runs as one SELECT. Days are UTC's, and those without a run are there. */
export const runsSql = (pack: string, source: RunsPanelSource): string =>
  source.runs === 'errors'
    ? `
  SELECT r.ended_at AS at, r.job, r.error_code, r.error_message AS message FROM sexton.run r
  WHERE ${ofJobs(pack, source)} AND r.state IN ('failed', 'blocked') ORDER BY r.ended_at DESC LIMIT 500`
    : `
  SELECT d.day::date AS day, count(r.run_id)::int AS runs, count(r.run_id) FILTER (WHERE r.state IN ('failed', 'blocked'))::int AS failed,
    coalesce(sum(r.deleted), 0)::float8 AS deleted
  FROM generate_series(((sexton.now() - make_interval(secs => ${source.withinSeconds})) AT TIME ZONE 'UTC')::date,
    (sexton.now() AT TIME ZONE 'UTC')::date, interval '1 day') AS d (day)
  LEFT JOIN sexton.run r ON (r.ended_at AT TIME ZONE 'UTC')::date = d.day::date AND ${ofJobs(pack, source)}
  GROUP BY d.day ORDER BY d.day`;
