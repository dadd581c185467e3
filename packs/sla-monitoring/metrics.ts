// What the gateway shows of the pack to Prometheus (SLA-75). Names are the specification's; a null is absent (SLA-76).
import { defineMetric, type MetricDefinition } from '../../src/index.ts';
import type { SlaEnv } from './env.ts';
import { watchedRuns } from './watched-runs.ts';

const MONITOR = 'monitor_cleanup_sla';
const QUEUE = 'monitor_manual_resolution_queue';
const HEALTH = 'check_cleanup_health';

/** Seconds, for `cleanup_duration`. */
const DURATIONS = [10, 30, 60, 120, 300, 600, 1200, 1800, 2400, 3600, 5400, 7200, 10_800];

/** Hours, for `manual_resolution_queue_age`. */
const AGES = [1, 6, 12, 24, 48, 72, 168, 336];

/** As the monitor of jobs found them. */
const ofJobs: readonly MetricDefinition[] = [
  defineMetric({
    name: 'cleanup_sla_utilization',
    type: 'gauge',
    help: 'Share of its time budget that the newest run of a job used; never clamped.',
    unit: 'percent',
    labels: ['job'],
    from: { monitor: MONITOR, measure: 'utilization' },
  }),
  defineMetric({
    name: 'cleanup_success_rate',
    type: 'gauge',
    help: 'Successes of successes and failures, 0 to 1.',
    unit: 'ratio',
    labels: ['job'],
    fixed: { window: '24h' },
    from: { monitor: MONITOR, measure: 'success_rate' },
  }),
  defineMetric({
    name: 'cleanup_attempts',
    type: 'gauge',
    help: 'Successes and failures of 24 hours.',
    unit: 'runs',
    labels: ['job'],
    from: { monitor: MONITOR, measure: 'attempts' },
  }),
  defineMetric({
    name: 'cleanup_error_rate',
    type: 'gauge',
    help: 'Failures of successes and failures of 24 hours, 0 to 1.',
    unit: 'ratio',
    labels: ['job'],
    from: { monitor: MONITOR, measure: 'error_rate' },
  }),
  defineMetric({
    name: 'cleanup_throughput',
    type: 'gauge',
    help: 'Records an hour of the newest completed run.',
    unit: 'records/hour',
    labels: ['job'],
    from: { monitor: MONITOR, measure: 'throughput' },
  }),
  defineMetric({
    name: 'cleanup_throughput_ratio',
    type: 'gauge',
    help: 'Throughput of the newest run to that of the 14 days before it.',
    unit: 'ratio',
    labels: ['job'],
    from: { monitor: MONITOR, measure: 'throughput_ratio' },
  }),
  defineMetric({
    name: 'cleanup_failing_streak',
    type: 'gauge',
    help: 'Failures since the newest success.',
    unit: 'runs',
    labels: ['job'],
    from: { monitor: MONITOR, measure: 'failing_streak' },
  }),
  defineMetric({
    name: 'cleanup_sustained_utilization',
    type: 'gauge',
    help: 'Least share of the time budget that any of the last runs used.',
    unit: 'percent',
    labels: ['job'],
    from: { monitor: MONITOR, measure: 'sustained_utilization' },
  }),
];

/** As the audit log tells them. */
const ofRuns = (runs: string): readonly MetricDefinition[] => [
  defineMetric({
    name: 'cleanup_duration',
    type: 'histogram',
    help: 'How long runs took, by how they ended; simulated ones apart.',
    unit: 'seconds',
    labels: ['job', 'outcome'],
    buckets: DURATIONS,
    from: {
      database: 'app',
      sql: `SELECT job, outcome, duration_seconds AS value FROM ${runs}
        WHERE outcome <> 'running' AND NOT synthetic`,
    },
  }),
  defineMetric({
    name: 'cleanup_lock_acquisition_failures',
    type: 'counter',
    help: 'Runs that found the lock of their job held.',
    unit: 'runs',
    labels: ['job'],
    from: {
      database: 'app',
      sql: `SELECT job, count(*) AS value FROM ${runs} WHERE outcome = 'skipped' GROUP BY job`,
    },
    nameIsFixed: true,
  }),
];

const ofQueue: readonly MetricDefinition[] = [
  defineMetric({
    name: 'manual_resolution_queue_depth',
    type: 'gauge',
    help: 'Items that wait in the manual resolution queue.',
    unit: 'items',
    labels: ['priority'],
    from: { monitor: QUEUE, measure: 'depth_by_priority' },
    tells: { depth: 'sum(manual_resolution_queue_depth{pack="sla-monitoring"})' },
  }),
  defineMetric({
    name: 'manual_resolution_queue_age',
    type: 'histogram',
    help: 'Ages of the items that waited at the newest look, one observation an item.',
    unit: 'hours',
    buckets: AGES,
    from: { monitor: QUEUE, measure: 'items_by_age', sum: 'age_hours_sum' },
    tells: {
      average_age:
        'sum(manual_resolution_queue_age_sum{pack="sla-monitoring"}) / sum(manual_resolution_queue_age_count{pack="sla-monitoring"})',
      items_requiring_escalation:
        'sum(manual_resolution_queue_age_count{pack="sla-monitoring"}) - sum(manual_resolution_queue_age_bucket{pack="sla-monitoring",le="168"})',
    },
  }),
  defineMetric({
    name: 'manual_resolution_rate',
    type: 'gauge',
    help: 'Items that were resolved within the last 24 hours.',
    unit: 'items/day',
    labels: ['queue'],
    from: { monitor: QUEUE, measure: 'resolution_rate' },
  }),
  defineMetric({
    name: 'manual_resolution_ratio',
    type: 'gauge',
    help: 'The resolution rate to that of the seven days before.',
    unit: 'ratio',
    labels: ['queue'],
    from: { monitor: QUEUE, measure: 'resolution_ratio' },
    tells: { resolution_ratio: 'max(manual_resolution_ratio{pack="sla-monitoring"})' },
  }),
];

const ofHealth: readonly MetricDefinition[] = [
  defineMetric({
    name: 'health_check_status',
    type: 'gauge',
    help: 'What each check of the newest health report says: 0 PASS, 1 WARN, 2 FAIL.',
    unit: 'status',
    labels: ['check'],
    from: { check: HEALTH, measure: 'status' },
  }),
  defineMetric({
    name: 'health_check_latency_ms',
    type: 'gauge',
    help: 'How long each check that connects took at the newest health report.',
    unit: 'milliseconds',
    labels: ['check'],
    from: { check: HEALTH, measure: 'latency_ms' },
    nameIsFixed: true,
  }),
];

export const metrics = (env: SlaEnv): readonly MetricDefinition[] => [
  ...ofJobs,
  ...ofRuns(watchedRuns(env)),
  ...ofQueue,
  ...ofHealth,
];
