// A run against its budget. Limits are strict: exactly 80 % or 100 % does not cross (SLA-112), and the
// figure is never clamped (SLA-111).

/** Share of the budget from which a run counts as at risk, in percent (SLA-32). */
const AT_RISK_PERCENT = 80;
const BREACHED_PERCENT = 100;

export type SlaState = 'withinSla' | 'atRisk' | 'breached' | 'noData';

/** Unrounded percent of the budget that `seconds` take. */
export const utilization = (seconds: number, budgetSeconds: number): number =>
  (seconds / budgetSeconds) * 100;

/** Half-up to one decimal, for output only (SLA-26). */
export const oneDecimal = (value: number): number => Math.floor(value * 10 + 0.5) / 10;

/** `projectedPercent` is what a run will have used at its end: beyond the budget it is at risk whatever it has used so far. */
export const slaState = (utilizationPercent: number | undefined, projectedPercent = 0): SlaState => {
  if (utilizationPercent === undefined) return 'noData';
  if (utilizationPercent > BREACHED_PERCENT) return 'breached';
  return utilizationPercent > AT_RISK_PERCENT || projectedPercent > BREACHED_PERCENT ? 'atRisk' : 'withinSla';
};
