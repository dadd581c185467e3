// Every policy of the pack, one line each, and which severity goes to which. A test fails while the list and
// the folder differ.
import type { PolicyDefinition, Routes } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { mrqCritical, mrqCriticalDegraded } from './mrq-critical.ts';
import { mrqWarning } from './mrq-warning.ts';
import { slaCritical, slaCriticalDegraded } from './sla-critical.ts';
import { slaSustained } from './sla-sustained.ts';
import { slaWarning } from './sla-warning.ts';

/** SLA-74: who is told of what is critical depends on whether PagerDuty is to be had. */
export const policiesIn = (env: SlaEnv): readonly PolicyDefinition[] => {
  const paged = env.PAGERDUTY_ROUTING_KEY !== undefined || env.PAGERDUTY_API_KEY !== undefined;
  return [
    slaWarning,
    paged ? slaCritical : slaCriticalDegraded,
    slaSustained,
    mrqWarning,
    paged ? mrqCritical : mrqCriticalDegraded,
  ];
};

/** SLA-68. */
export const routes: Routes = { info: 'log-only', warning: slaWarning.name, critical: slaCritical.name };
