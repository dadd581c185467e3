// What every job of the pack says of its own runs: late at the thresholds of SLA-82, with the words of SLA-72.
import type { JobAlertsDefinition } from '../../src/index.ts';
import type { SlaEnv } from './env.ts';

/** Budget rule of SLA-32. A lone failure has no alert of its own (SLA-114). */
export const slaAlerts = (env: SlaEnv): JobAlertsDefinition => ({
  budget: {
    rule: 'sla_breach',
    bands: [
      {
        above: env.SLA_WARNING_THRESHOLD_PERCENT,
        severity: 'warning',
        alertType: 'sla_breach_warning',
        action: 'Inspect slow batches, then database load and waits, batch size and platform trouble',
        runbook: 'sla-breach-warning',
      },
      {
        above: env.SLA_CRITICAL_THRESHOLD_PERCENT,
        severity: 'critical',
        alertType: 'sla_breach_critical',
        action: 'Do not kill the run; look for ungranted locks and errors, then test whether it is stuck',
        runbook: 'sla-breach-critical',
      },
    ],
  },
  failure: false,
});
