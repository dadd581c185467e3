// The queue overflows, or an item waits for over a week: its operators hear of it besides whom a critical alert calls for
// (SLA-42, SLA-68, SLA-69).
import { definePolicy, type PolicyDefinition } from '../../../src/index.ts';

/** Response within 15 min; on-call is paged after 30 min. */
const tiers = (first: string): PolicyDefinition['tiers'] => [
  { name: 'first-notice', after: '0s', notify: [first, 'operators'] },
  { name: 'response', after: '15m', mark: 'response_sla_missed' },
  { name: 'page-on-call', after: '30m', notify: ['on-call'] },
];

export const mrqCritical = definePolicy({ name: 'mrq-critical', tiers: tiers('sla-pages') });

/** Without PagerDuty (SLA-74). */
export const mrqCriticalDegraded = definePolicy({
  name: 'mrq-critical',
  tiers: tiers('sla-alerts'),
  degradedRouting: true,
});
