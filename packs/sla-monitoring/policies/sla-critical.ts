// A job is over its budget (SLA-68, SLA-69). What SLA-113 reads from its contradicting sources: the first notice
// is for on-call too, and the step after 30 min pages that tier explicitly.
import { definePolicy } from '../../../src/index.ts';

/** Response within 15 min; on-call is paged after 30 min. */
export const slaCritical = definePolicy({
  name: 'sla-critical',
  tiers: [
    { name: 'first-notice', after: '0s', notify: ['sla-alerts'] },
    { name: 'response', after: '15m', mark: 'response_sla_missed' },
    { name: 'page-on-call', after: '30m', notify: ['on-call'] },
  ],
  // There is no PagerDuty channel yet, and SLA-74 wants that said.
  degradedRouting: true,
});
