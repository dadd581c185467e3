// The four jobs against their time budgets, by the audit log (SLA-24…38, SLA-114…121).
import {
  defineMonitor,
  type MonitorDefinition,
  type RecordDefinition,
  scheduleEvery,
} from '../../../src/index.ts';
import { budgetBands, WATCHED_JOBS, WATCHED_TYPES } from '../alerts.ts';
import type { SlaEnv } from '../env.ts';

const CRITICAL = {
  action: 'Look for what the failures have in common, mend the root cause, then dry-run and retry',
  runbook: 'sla-breach-critical',
};

/** Rows that come later than this wake nobody any more (SLA-38, SLA-118). */
const OVERLAP = '60m';

/** Rows whose job nobody can tell (SLA-128). */
const UNMAPPED = `SELECT count(*)::float8 AS value FROM sexton.audit_log
  WHERE "timestamp" > sexton.now() - interval '24 hours' AND coalesce(pack, 'sla-monitoring') = 'sla-monitoring'
    AND NOT metadata ? 'job' AND resource_type NOT IN (${WATCHED_TYPES.map((type) => `'${type}'`).join(', ')})`;

const measures = (env: SlaEnv): MonitorDefinition['measures'] => {
  const audit = { kind: 'job-sla', from: 'audit', database: 'app', jobs: WATCHED_JOBS } as const;
  const newest = { ...audit, overlap: OVERLAP } as const;
  return {
    utilization: { ...newest, of: 'utilization' },
    sustained_utilization: { ...newest, of: 'sustained-utilization', runs: env.SLA_SUSTAINED_RUNS },
    success_rate: { ...audit, of: 'success-rate', within: '24h' },
    attempts: { ...audit, of: 'attempts', within: '24h' },
    error_rate: { ...audit, of: 'error-rate', within: '24h' },
    throughput: { ...newest, of: 'throughput' },
    throughput_ratio: { ...newest, of: 'throughput-ratio', baseline: { over: '14d', minimumRuns: 5 } },
    failing_streak: { ...audit, of: 'failing-streak' },
    lock_skips: { ...audit, of: 'lock-skips', within: '24h' },
    unmapped_audit_rows: { kind: 'sql', database: 'app', sql: UNMAPPED, keep: true },
  };
};

/** A job that did not run has nothing to be judged by (SLA-34); what fires goes on until a newer run says otherwise (SLA-35). */
const noData = 'keep';

const rules = (env: SlaEnv): MonitorDefinition['rules'] => [
  {
    // The same alert as the jobs' own, which they raise while they run.
    name: 'sla_breach',
    summary: '{job} used {value:1}% of its time budget',
    payload: { threshold_percent: '{limit}' },
    noData,
    bands: budgetBands(env).map(({ above, ...band }) => ({
      ...band,
      when: { measure: 'utilization', above },
    })),
  },
  {
    name: 'success_rate',
    summary: '{job} succeeded in a share of {value:4} of its runs of the last 24 h, below {limit}',
    minimum: { measure: 'attempts', atLeast: env.SLA_MIN_ATTEMPTS },
    noData,
    bands: [
      {
        severity: 'critical',
        alertType: 'success_rate_low',
        when: { measure: 'success_rate', below: env.SLA_SUCCESS_RATE_THRESHOLD },
        ...CRITICAL,
      },
    ],
  },
  {
    name: 'throughput',
    summary: '{job} worked at {value:2} times its usual pace, below {limit}',
    noData,
    bands: [
      {
        severity: 'warning',
        alertType: 'throughput_drop',
        when: { measure: 'throughput_ratio', below: env.SLA_THROUGHPUT_DROP_RATIO },
        action: 'Look at batch timings, indexes and database load',
        runbook: 'sla-breach-warning',
      },
    ],
  },
  {
    name: 'failing_streak',
    summary: 'The last {value} runs of {job} failed',
    noData,
    bands: [
      {
        severity: 'critical',
        alertType: 'consecutive_failures',
        when: { measure: 'failing_streak', atLeast: env.SLA_CONSECUTIVE_FAILURES },
        ...CRITICAL,
      },
    ],
  },
  {
    name: 'sustained_utilization',
    summary: `{job} used at least {value:1}% of its time budget in each of its last ${env.SLA_SUSTAINED_RUNS} runs`,
    payload: { threshold_percent: '{limit}' },
    noData,
    routes: { warning: 'sla-sustained' },
    bands: [
      {
        severity: 'warning',
        alertType: 'sla_sustained_utilization',
        when: { measure: 'sustained_utilization', above: env.SLA_WARNING_THRESHOLD_PERCENT },
        action: 'Plan preventive work: queries, indexes, compute, smaller batches or a split of the job',
        runbook: 'sla-breach-warning',
      },
    ],
  },
];

/** SLA-77, and the other measures of each job (SLA-24, SLA-29, SLA-30). */
const records = (env: SlaEnv): readonly RecordDefinition[] => [
  {
    measure: 'utilization',
    fields: {
      metric: 'cleanup_sla_utilization',
      job: '{job}',
      duration_seconds: '{actual_duration_seconds}',
      sla_budget_seconds: '{sla_budget_seconds}',
      utilization_percent: '{utilization_percent}',
      status: {
        of: 'utilization',
        above: [
          [env.SLA_WARNING_THRESHOLD_PERCENT, 'warning'],
          [env.SLA_CRITICAL_THRESHOLD_PERCENT, 'breached'],
        ],
        otherwise: 'within_sla',
        none: 'no_data',
      },
      timestamp: '{tick}',
    },
  },
  {
    measure: 'error_rate',
    fields: {
      metric: 'cleanup_job_measures',
      job: '{job}',
      success_rate: '{success_rate:4}',
      error_rate: '{error_rate:4}',
      failure_patterns: '{failure_patterns}',
      throughput_per_hour: '{throughput:1}',
      throughput_ratio: '{throughput_ratio:4}',
      consecutive_failures: '{failing_streak}',
      lock_acquisition_failures: '{lock_skips}',
      timestamp: '{tick}',
    },
  },
];

export const monitorCleanupSla = (env: SlaEnv): MonitorDefinition =>
  defineMonitor({
    name: 'monitor_cleanup_sla',
    summary: 'Cleanup jobs against their time budgets, success rates and usual pace',
    owner: 'on-call',
    schedule: scheduleEvery(env.MONITORING_INTERVAL_MINUTES),
    runbook: 'sla-breach-critical',
    measures: measures(env),
    rules: rules(env),
    records: records(env),
  });
