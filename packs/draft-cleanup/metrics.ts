// What the gateway shows of the pack to Prometheus (DRAFT-69). Names are the specification's; a null is absent (DRAFT-70).
import { defineMetric, type MetricDefinition } from '../../src/index.ts';
import { CLEANUP_JOB, DATABASE } from './names.ts';

const STATE = 'draft-state';

/** Drafts that nobody used, and all of them, as PromQL adds them up. */
const UNUSED = 'sum(courses{status="draft",generation_status="null"})';
const DRAFTS = 'sum(courses{status="draft"})';

const gauge = (name: string, measure: string, help: string, unit = 'drafts'): MetricDefinition =>
  defineMetric({ name, type: 'gauge', help, unit, from: { monitor: STATE, measure } });

const drafts: readonly MetricDefinition[] = [
  defineMetric({
    name: 'courses',
    type: 'gauge',
    help: 'Courses by status and by what became of their generation; null where nobody started it.',
    unit: 'courses',
    labels: ['status', 'generation_status'],
    from: { monitor: STATE, measure: 'courses' },
    tells: { pollution_percentage: `100 * ${UNUSED} / ${DRAFTS}` },
  }),
  { ...gauge('draft_total', 'total_drafts', 'Drafts that there are.'), nameIsFixed: true },
  gauge('draft_unused', 'unused_drafts', 'Drafts that nobody used.'),
  gauge('draft_active', 'active_drafts', 'Drafts that somebody used.'),
  defineMetric({
    name: 'draft_pollution_percentage',
    type: 'gauge',
    help: 'Unused drafts of all drafts; absent where there are none.',
    unit: 'percent',
    from: { monitor: STATE, measure: 'pollution_percentage' },
    nameIsFixed: true,
  }),
  defineMetric({
    name: 'draft_age_count',
    type: 'gauge',
    help: 'Drafts by age and by whether somebody used them.',
    unit: 'drafts',
    labels: ['bucket', 'used'],
    from: { monitor: STATE, measure: 'drafts_by_age' },
    nameIsFixed: true,
  }),
  gauge('drafts_created_last_hour', 'created_last_hour', 'Drafts that were created within the last hour.'),
  gauge('drafts_pending_cleanup', 'pending_cleanup', 'Unused drafts that are old enough to go.'),
];

const ENDED = `FROM public.job_runs WHERE status <> 'running'`;

const runs: readonly MetricDefinition[] = [
  defineMetric({
    name: 'cleanup_hours_since_last_run',
    type: 'gauge',
    help: 'Hours since the newest run began, whatever came of it.',
    unit: 'hours',
    fixed: { job: CLEANUP_JOB },
    from: { monitor: 'draft-job', measure: 'hours_since_last_run' },
    nameIsFixed: true,
  }),
  defineMetric({
    name: 'cleanup_hours_without_first_run',
    type: 'gauge',
    help: 'Hours for which a first run has been awaited; 0 once there was one.',
    unit: 'hours',
    fixed: { job: CLEANUP_JOB },
    from: { monitor: 'draft-job', measure: 'hours_without_first_run' },
    nameIsFixed: true,
  }),
  defineMetric({
    name: 'cleanup_consecutive_failures',
    type: 'gauge',
    help: 'Failures since the newest success.',
    unit: 'runs',
    fixed: { job: CLEANUP_JOB },
    from: { monitor: 'draft-job', measure: 'consecutive_failures' },
  }),
  defineMetric({
    name: 'cleanup_runs_total',
    type: 'counter',
    help: 'Runs that ended, by how and by what started them.',
    unit: 'runs',
    labels: ['job', 'outcome', 'trigger'],
    from: {
      database: DATABASE,
      sql: `SELECT jobname AS job, status AS outcome, trigger, count(*) AS value ${ENDED} GROUP BY 1, 2, 3`,
    },
  }),
  defineMetric({
    name: 'cleanup_deleted_total',
    type: 'counter',
    help: 'Drafts that runs deleted.',
    unit: 'rows',
    labels: ['job'],
    from: {
      database: DATABASE,
      sql: `SELECT jobname AS job, sum(deleted_count) AS value ${ENDED} GROUP BY 1`,
    },
  }),
  defineMetric({
    name: 'cleanup_duration',
    type: 'histogram',
    help: 'How long runs took, by how they ended; simulated ones apart.',
    unit: 'seconds',
    labels: ['job', 'outcome'],
    // Of a budget of 300 s, the warning at 240 s among them.
    buckets: [1, 2, 5, 10, 30, 60, 120, 240, 300, 600],
    from: {
      database: DATABASE,
      sql: `SELECT jobname AS job, status AS outcome, extract(epoch FROM ended_at - started_at) AS value ${ENDED}
        AND status <> 'skipped'`,
    },
  }),
];

const redis: readonly MetricDefinition[] = [
  defineMetric({
    name: 'redis_up',
    type: 'gauge',
    help: 'Whether Redis took, gave and lost a probe key.',
    unit: 'yes or no',
    from: { monitor: 'draft-redis', measure: 'redis_up' },
  }),
  defineMetric({
    name: 'redis_draft_sessions',
    type: 'gauge',
    help: 'Open forms in Redis; absent while it does not answer.',
    unit: 'sessions',
    from: { monitor: 'draft-redis', measure: 'redis_sessions' },
  }),
];

export const metrics: readonly MetricDefinition[] = [...drafts, ...runs, ...redis];
