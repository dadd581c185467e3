// A job is over its budget (SLA-37, SLA-68, SLA-69). What SLA-113 reads from its contradicting sources: the first
// notice is for on-call too, and the step after 30 min pages that tier explicitly.
import { definePolicy, type PolicyDefinition } from '../../../src/index.ts';

/** Response within 15 min; on-call is paged after 30 min. */
const tiers = (first: string): PolicyDefinition['tiers'] => [
  { name: 'first-notice', after: '0s', notify: [first] },
  { name: 'response', after: '15m', mark: 'response_sla_missed' },
  { name: 'page-on-call', after: '30m', notify: ['on-call'] },
];

/** Sentry and PagerDuty at once. */
export const slaCritical = definePolicy({ name: 'sla-critical', tiers: tiers('sla-pages') });

/** Without PagerDuty: Sentry and Slack, and every notice says that its routing is degraded (SLA-74). */
export const slaCriticalDegraded = definePolicy({
  name: 'sla-critical',
  tiers: tiers('sla-alerts'),
  degradedRouting: true,
});
