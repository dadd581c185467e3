// First of the month: the year by months, how the cleanup ran, the change against before it, and its goal; runbooks are to be
// gone over again (DRAFT-92, DRAFT-101).
import { type DigestDefinition, defineDigest } from '../../../src/index.ts';
import { team } from '../contacts.ts';
import type { DraftEnv } from '../env.ts';

export const draftMonthly = (env: DraftEnv): DigestDefinition => {
  const to = team(env);
  return defineDigest({
    name: 'draft-monthly',
    title: 'Course drafts: the month',
    summary: 'A year of months, how the cleanup ran, the return on the change, and uptime against its goal',
    owner: 'draft-on-call',
    schedule: '0 7 1 * *',
    reports: ['monthly_trend', 'cleanup_job_effectiveness', 'pre_vs_post_comparison', 'cleanup_uptime'],
    to,
    reminders: [
      'Review the runbooks: `sexton runbook` lists them. Does each still say what is done, by whom, and with which commands?',
    ],
    signOff: {
      by: to[0] ?? 'log',
      task: 'Compare the month with its goals, and go over the runbooks.',
      within: '14d',
    },
  });
};
