// The queue grows, ages or stands still: its operators hear of it besides whom a warning calls for (SLA-42, SLA-68, SLA-69).
import { definePolicy } from '../../../src/index.ts';

/** Response within 4 h; the team lead hears of it after 24 h. */
export const mrqWarning = definePolicy({
  name: 'mrq-warning',
  tiers: [
    { name: 'first-notice', after: '0s', notify: ['sla-alerts', 'operators'] },
    { name: 'response', after: '4h', mark: 'response_sla_missed' },
    { name: 'team-lead', after: '24h', notify: ['team-lead'] },
  ],
});
