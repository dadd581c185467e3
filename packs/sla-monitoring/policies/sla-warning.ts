// A job nears its budget: nobody's night, but somebody's day (SLA-68, SLA-69).
import { definePolicy } from '../../../src/index.ts';

/** Response within 4 h; the team lead hears of it after 24 h. */
export const slaWarning = definePolicy({
  name: 'sla-warning',
  tiers: [
    { name: 'first-notice', after: '0s', notify: ['sla-alerts'] },
    { name: 'response', after: '4h', mark: 'response_sla_missed' },
    { name: 'team-lead', after: '24h', notify: ['team-lead'] },
  ],
});
