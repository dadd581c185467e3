// What this installation runs. Packs that are not named here are neither loaded nor validated.
import { sexton } from './packs/sexton/pack.ts';
import { slaMonitoring } from './packs/sla-monitoring/pack.ts';
import { defineConfig } from './src/index.ts';

export default defineConfig({
  packs: [slaMonitoring, sexton],
  // Who is reached where. A target whose channel has no credentials is told through `log` instead.
  roles: {
    'sla-alerts': ['slack:webhook', 'log'],
    'on-call': ['slack:webhook', 'log'],
    // An e-mail by SLA-69, as a notice in the log until there is that channel.
    'team-lead': ['log'],
  },
});
