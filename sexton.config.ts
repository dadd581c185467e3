// What this installation runs. Packs that are not named here are neither loaded nor validated.
import { sexton } from './packs/sexton/pack.ts';
import { slaMonitoring } from './packs/sla-monitoring/pack.ts';
import { defineConfig } from './src/index.ts';

export default defineConfig({
  packs: [slaMonitoring, sexton],
  // Who is reached where. A target whose channel has no credentials is told through `log` instead.
  roles: {
    'sla-alerts': ['sentry', 'slack:webhook', 'log'],
    'sla-pages': ['sentry', 'pagerduty', 'log'],
    'on-call': ['pagerduty', 'slack:webhook', 'log'],
    'team-lead': ['email:team-lead@example.org'],
    // Who hears that Sexton itself does not tell people: best by a way that most alerts do not take.
    'sexton-alerts': ['slack:webhook', 'email:team-lead@example.org', 'log'],
  },
});
