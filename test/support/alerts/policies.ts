// Policies and rules for tests, in SLA-69's shape.
import type { RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import type { PolicySnapshot } from '../../../src/domain/alerts/policy.ts';

export const MINUTE = 60_000;

/** CRITICAL: first notice at once, mark after 15 minutes, page after 30. */
export const aPolicy = (change: Partial<PolicySnapshot> = {}): PolicySnapshot => ({
  v: 1,
  pack: 'test-pack',
  name: 'sla-critical',
  tiers: [
    { name: 'first notice', afterSeconds: 0, notify: ['slack:ops'] },
    { name: 'response SLA missed', afterSeconds: 900, notify: [], mark: 'response_sla_missed' },
    { name: 'page on-call', afterSeconds: 1800, notify: ['on-call'] },
  ],
  people: { 'on-call': ['webhook'] },
  ...change,
});

export const aRule = (change: Partial<RuleSnapshot> = {}): RuleSnapshot => ({
  pack: 'test-pack',
  name: 'budget',
  routes: { warning: aPolicy({ name: 'sla-warning' }), critical: aPolicy() },
  reopenWithinSeconds: 300,
  reopenAfterSeconds: 1800,
  ...change,
});
