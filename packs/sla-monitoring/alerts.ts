// What every job of the pack says of its own runs, and its monitor of all of them: late at the thresholds of SLA-82, with
// the words of SLA-72.
import type { BandDefinition, JobAlertsDefinition } from '../../src/index.ts';
import type { SlaEnv } from './env.ts';

/** The jobs that SLA-01 watches, and what their audit rows are about (SLA-09). */
const WATCHED = {
  cleanup_quiz_responses: 'quiz_response',
  cleanup_pdfs: 'meal_plan_pdf',
  cleanup_magic_links: 'magic_link',
  cleanup_blacklist: 'email_blacklist',
};

export const WATCHED_JOBS = Object.keys(WATCHED);

export const WATCHED_TYPES = Object.values(WATCHED);

/** Of the budget rule of SLA-32; the last that a run is above counts. */
export const budgetBands = (env: SlaEnv): readonly (BandDefinition & { readonly above: number })[] => [
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
];

/** A lone failure has no alert of its own (SLA-114). */
export const slaAlerts = (env: SlaEnv): JobAlertsDefinition => ({
  budget: { rule: 'sla_breach', bands: budgetBands(env) },
  failure: false,
});
