// What this installation runs. Packs that are not named here are neither loaded nor validated.
import { draftCleanup } from './packs/draft-cleanup/pack.ts';
import { sexton } from './packs/sexton/pack.ts';
import { slaMonitoring } from './packs/sla-monitoring/pack.ts';
import { defineConfig } from './src/index.ts';

export default defineConfig({
  packs: [slaMonitoring, draftCleanup, sexton],
  // Who is reached where. A target whose channel has no credentials is told through `log` instead.
  roles: {
    'sla-alerts': ['sentry', 'slack:webhook', 'log'],
    'sla-pages': ['sentry', 'pagerduty', 'log'],
    'on-call': ['pagerduty', 'slack:webhook', 'log'],
    'team-lead': ['email:{TEAM_LEAD_EMAIL or team-lead@example.org}'],
    'engineering-lead': ['email:{ENGINEERING_LEAD_EMAIL or engineering-lead@example.org}'],
    // Who works the manual resolution queue.
    operators: ['slack:webhook', 'log'],
    // The tiers above the team that looks after course drafts.
    'draft-on-call': ['pagerduty', 'slack:webhook', 'log'],
    'draft-senior': ['pagerduty', 'slack:webhook', 'log'],
    'draft-manager': ['pagerduty', 'slack:webhook', 'log'],
    'draft-cto': ['pagerduty', 'slack:webhook', 'log'],
    // Who hears that Sexton itself does not tell people: best by a way that most alerts do not take.
    'sexton-alerts': ['slack:webhook', 'email:team-lead@example.org', 'log'],
  },
});
