// Whether everything that keeps drafts tidy is there and works (DRAFT-33). Every morning the team is sent what was found, and
// told of each check that newly fails (DRAFT-35, DRAFT-92).
import { defineHealthCheck, type HealthCheckDefinition } from '../../../src/index.ts';
import { high, team } from '../contacts.ts';
import type { DraftEnv } from '../env.ts';
import { CLEANUP_JOB, DATABASE } from '../names.ts';

/** The channels of DRAFT-33. In development those that are not set are told to the log instead, and that is probed. */
const channels = (env: DraftEnv): readonly string[] => {
  const targets = [...new Set([...team(env), ...high(env)])].filter((target) => !target.startsWith('email:'));
  if (env.SEXTON_PROFILE !== undefined && env.SEXTON_PROFILE !== 'development') return targets;
  const isSet = (target: string): boolean => {
    if (target.startsWith('slack'))
      return env.SLACK_WEBHOOK_URL !== undefined || env.SLACK_BOT_TOKEN !== undefined;
    return target !== 'pagerduty' || (env.PAGERDUTY_API_KEY ?? env.PAGERDUTY_ROUTING_KEY) !== undefined;
  };
  const set = targets.filter(isSet);
  return set.length > 0 ? set : ['log'];
};

export const draftHealth = (env: DraftEnv): HealthCheckDefinition =>
  defineHealthCheck({
    name: 'draft-health',
    summary: 'What the cleanup of drafts depends on is there, and it works',
    owner: 'draft-on-call',
    schedule: '0 6 * * *',
    checks: {
      database_connectivity: { kind: 'postgres', database: DATABASE, label: 'Database' },
      redis_connectivity: { kind: 'redis', label: 'Redis' },
      cleanup_schedule: { kind: 'schedule', of: CLEANUP_JOB },
      cleanup_last_run: {
        kind: 'measure',
        label: 'Hours since the last run',
        measure: {
          kind: 'sql',
          database: DATABASE,
          sql: `SELECT hours_since_last_run AS value FROM public.cleanup_job_monitoring WHERE jobname = '${CLEANUP_JOB}'`,
        },
        warn: { above: 1.5 },
        fail: { above: env.DRAFT_STALLED_HOURS },
      },
      cleanup_permissions: {
        kind: 'privileges',
        database: DATABASE,
        table: 'courses',
        privileges: ['SELECT', 'DELETE'],
      },
      monitoring_objects: {
        kind: 'objects',
        label: 'View and functions',
        database: DATABASE,
        views: ['cleanup_job_monitoring'],
        functions: ['check_pending_cleanup(interval)', 'trigger_manual_cleanup(interval, text)'],
      },
      index_courses_drafts: { kind: 'index', database: DATABASE, index: 'idx_courses_drafts' },
      old_drafts: {
        kind: 'measure',
        label: 'Old unused drafts',
        measure: {
          kind: 'sql',
          database: DATABASE,
          sql: `SELECT pending_count AS value FROM public.check_pending_cleanup(make_interval(hours => 1) * ${env.DRAFT_RETENTION_HOURS})`,
        },
        warn: { atLeast: 1 },
        fail: { above: env.DRAFT_OLD_COUNT },
      },
      worker_version: { kind: 'workers' },
      alert_channels: { kind: 'channels', targets: channels(env) },
    },
    alerts: {
      rule: 'draft_health_check',
      fail: {
        severity: 'warning',
        alertType: 'draft_health_check_fail',
        action: 'Run `sexton health draft-health`, and mend what it names',
      },
      warn: false,
      newlyOnly: true,
    },
    summaryTo: [...team(env)],
  });
