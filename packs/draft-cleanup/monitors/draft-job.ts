// Whether the hourly cleanup runs and succeeds (DRAFT-27), alerts 3 and 7, and what the job's view tells of its schedule.
import { defineMonitor, type MonitorDefinition } from '../../../src/index.ts';
import { alert } from '../alerts.ts';
import type { DraftEnv } from '../env.ts';
import { CLEANUP_JOB, DATABASE } from '../names.ts';

const JOB = `'${CLEANUP_JOB}'`;

const STATUS = [
  'jobname',
  'schedule',
  'active',
  'last_run',
  'next_run',
  'last_status',
  'last_deleted_count',
] as const;

const measures: MonitorDefinition['measures'] = {
  hours_since_last_run: {
    kind: 'sql',
    database: DATABASE,
    sql: `SELECT hours_since_last_run AS value, ${STATUS.join(', ')} FROM public.cleanup_job_monitoring WHERE jobname = ${JOB}`,
    payload: STATUS,
  },
  // 0 once it ran: a job that never ran is stalled when its schedule is as old as that (DRAFT-123).
  hours_without_first_run: {
    kind: 'sql',
    database: DATABASE,
    sql: `SELECT CASE WHEN last_run IS NULL THEN extract(epoch FROM sexton.now() - registered_at) / 3600 ELSE 0 END AS value
      FROM public.cleanup_job_monitoring JOIN public.cleanup_jobs USING (jobname) WHERE jobname = ${JOB}`,
  },
  consecutive_failures: {
    kind: 'sql',
    database: DATABASE,
    sql: `SELECT public.cleanup_failure_streak(${JOB}) AS value`,
  },
  schedule_missing: { kind: 'schedules', of: 'not-applied', names: [CLEANUP_JOB] },
  schedule_paused: { kind: 'schedules', of: 'paused', names: [CLEANUP_JOB] },
  seconds_until_next_run: { kind: 'schedules', of: 'until-next', names: [CLEANUP_JOB] },
};

const rules = (env: DraftEnv): MonitorDefinition['rules'] => [
  alert(
    {
      number: 3,
      name: 'cleanup_job_stalled',
      severity: 'high',
      summary: `${CLEANUP_JOB} has not run for {value:2} h; the limit is {limit} h`,
      when: {
        any: [
          { measure: 'hours_since_last_run', above: env.DRAFT_STALLED_HOURS },
          { measure: 'hours_without_first_run', above: env.DRAFT_STALLED_HOURS },
        ],
      },
      response: '30m',
      actions: ['Restart the schedule', 'Deploy the job again', 'Check permissions'],
      runbook: 'job-stalled',
    },
    { error: { means: 'alert', severity: 'warning' } },
  ),
  alert(
    {
      number: 7,
      name: 'cleanup_job_failures',
      severity: 'high',
      summary: `The last {value} runs of ${CLEANUP_JOB} failed`,
      when: { measure: 'consecutive_failures', atLeast: env.DRAFT_FAILURE_STREAK },
      response: '30m',
      actions: ["Check the job's code host", "Verify the service's credential", 'Deploy again'],
      runbook: 'job-failures',
    },
    // Without Redis every run fails, and people work on that (DRAFT-128).
    { inhibitedBy: ['redis_unavailable'], groupWait: '0s' },
  ),
];

/** Every 5 min and at the end of each run; the job status is DRAFT-74's. */
export const draftJob = (env: DraftEnv): MonitorDefinition =>
  defineMonitor({
    name: 'draft-job',
    summary: 'Whether the hourly cleanup runs and succeeds',
    owner: 'draft-on-call',
    schedule: '*/5 * * * *',
    measures,
    rules: rules(env),
    records: [
      {
        measure: 'hours_since_last_run',
        fields: {
          ...Object.fromEntries(STATUS.map((field) => [field, `{${field}}`])),
          hours_since_last_run: '{hours_since_last_run:2}',
          consecutive_failures: '{consecutive_failures}',
        },
      },
    ],
    writes: [
      {
        name: 'schedule',
        database: DATABASE,
        // What Temporal did not tell stays as it was told last.
        sql: `UPDATE public.cleanup_jobs SET
            active = CASE WHEN :schedule_missing IS NULL THEN active ELSE :schedule_missing = 0 AND :schedule_paused = 0 END,
            next_run = CASE WHEN :schedule_missing IS NULL THEN next_run
              ELSE date_trunc('second', sexton.now() + make_interval(secs => :seconds_until_next_run + 0.5)) END,
            checked_at = :tick
          WHERE jobname = ${JOB}`,
      },
    ],
  });
