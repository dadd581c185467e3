// From staging to a team that lives with it (DRAFT-93).
import { defineChecklist } from '../../../src/index.ts';

export const rollout = defineChecklist({
  name: 'rollout',
  title: 'Bring draft-cleanup into production',
  owner: 'draft-on-call',
  steps: [
    {
      name: 'staging-import',
      title: 'The pack is applied in staging',
      how: 'SEXTON_PROFILE=staging npx sexton apply',
    },
    {
      name: 'queries',
      title: 'Q1 to Q3 answer in staging, with figures that somebody recognizes',
      how: 'npx sexton report 1, then 2 and 3',
    },
    {
      name: 'view',
      title: 'The view cleanup_job_monitoring has one row for the job, with its last and next run',
      how: 'SELECT * FROM cleanup_job_monitoring',
    },
    {
      name: 'slack-webhook',
      title: 'A HIGH alert reaches Slack by its webhook',
      how: 'npx sexton notify test --channel slack:webhook',
    },
    {
      name: 'alert-3',
      title: 'Alert 3 was exercised, up to its last tier',
      how: 'npx sexton draft-cleanup alert test 3 --follow',
    },
    {
      name: 'minimal-dashboard',
      title: 'The dashboard of three panels is up and shows data',
    },
    {
      name: 'daily-checks',
      title: 'The daily health check is scheduled',
      how: 'npx sexton schedule list',
    },
    {
      name: 'production',
      title: 'The pack is applied in production',
      how: 'SEXTON_PROFILE=production npx sexton apply',
    },
    {
      name: 'one-week-watch',
      title: 'One week has passed under watch; its incidents are written down',
      how: 'npx sexton incidents --all',
    },
    {
      name: 'thresholds',
      title: 'Thresholds were reviewed against that week',
      how: 'npx sexton rules',
    },
    {
      name: 'full-dashboard',
      title: 'The dashboard of twelve panels is up and shows data',
    },
    {
      name: 'walkthrough',
      title: 'The team was walked through it and has practised one runbook',
      how: 'npx sexton runbook on-call',
    },
  ],
  signOff: 'The backend team runs it from now on',
});
