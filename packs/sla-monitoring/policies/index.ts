// Every policy of the pack, one line each, and which severity goes to which. A test fails while the list and
// the folder differ.
import type { PolicyDefinition, Routes } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { slaCritical, slaCriticalDegraded } from './sla-critical.ts';
import { slaWarning } from './sla-warning.ts';

const policies: readonly PolicyDefinition[] = [slaWarning, slaCritical];

/** SLA-74: who is told of what is critical depends on whether PagerDuty is to be had. */
export const policiesIn = (env: SlaEnv): readonly PolicyDefinition[] => {
  const paged = env.PAGERDUTY_ROUTING_KEY !== undefined || env.PAGERDUTY_API_KEY !== undefined;
  return policies.map((policy) => (policy === slaCritical && !paged ? slaCriticalDegraded : policy));
};

/** SLA-68. */
export const routes: Routes = { info: 'log-only', warning: slaWarning.name, critical: slaCritical.name };
