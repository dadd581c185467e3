// Monday morning: how drafts and their cleanup did, and whether keeping them in Redis still pays (DRAFT-92, DRAFT-101).
import { type DigestDefinition, defineDigest } from '../../../src/index.ts';
import { team } from '../contacts.ts';
import type { DraftEnv } from '../env.ts';

export const draftWeekly = (env: DraftEnv): DigestDefinition => {
  const to = team(env);
  return defineDigest({
    name: 'draft-weekly',
    title: 'Course drafts: the week',
    summary: 'Trend of drafts, busy hours, how the cleanup ran, and Redis against the time before it',
    owner: 'draft-on-call',
    schedule: '0 7 * * 1',
    reports: [
      'daily_trend_analysis',
      'hourly_traffic_pattern',
      'cleanup_job_effectiveness',
      'redis_consistency_check',
    ],
    to,
    signOff: {
      by: to[0] ?? 'log',
      task: 'Compare usage and abandonment with their targets, and look into every week below 99 % uptime.',
      within: '6d',
    },
  });
};
