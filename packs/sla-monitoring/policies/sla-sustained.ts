// A job has used most of its budget run after run: the engineering lead hears of it at once, so that the work which keeps it
// from breaking is planned in time (SLA-32, SLA-72, SLA-122).
import { definePolicy } from '../../../src/index.ts';

export const slaSustained = definePolicy({
  name: 'sla-sustained',
  tiers: [
    { name: 'engineering-lead', after: '0s', notify: ['engineering-lead', 'sla-alerts'] },
    { name: 'response', after: '4h', mark: 'response_sla_missed' },
    { name: 'team-lead', after: '24h', notify: ['team-lead'] },
  ],
});
