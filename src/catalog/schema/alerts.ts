// Checks what a job says of its own runs and fills in what it leaves out: a budget rule and a failure rule.
import { z } from 'zod';
import { SEVERITIES, type Severity } from '../../domain/alerts/severity.ts';
import { duration, line, name } from './names.ts';

/** Severity → name of a policy; whether it is one is checked where the pack's policies are known. */
export const routesSchema = z.partialRecord(z.enum(SEVERITIES), name);

const band = z.strictObject({
  above: z.number().positive({ error: 'must be > 0' }),
  severity: z.enum(SEVERITIES),
  alertType: name,
  action: line,
  runbook: line.optional(),
});

type CheckedBand = z.output<typeof band>;

const DEFAULT_BANDS: readonly CheckedBand[] = [
  {
    above: 80,
    severity: 'warning',
    alertType: 'budget_nearing',
    action: 'Look for slow batches, then database load, waits and batch size',
  },
  {
    above: 100,
    severity: 'critical',
    alertType: 'budget_exceeded',
    action: 'Leave the run alone; look for locks that are waited for and for errors',
  },
];

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

const bands = z
  .array(band)
  .min(1, { error: 'must have a band; to have no alert say budget: false' })
  .superRefine((list, context) => {
    for (const [index, { above, severity }] of list.entries()) {
      const lower = list[index - 1];
      if (lower && above <= lower.above) {
        const message = `must be above the band before it (${lower.above})`;
        context.addIssue({ code: 'custom', path: [index, 'above'], message });
      }
      if (lower && rank(severity) < rank(lower.severity)) {
        const message = `must not be below the band before it (${lower.severity})`;
        context.addIssue({ code: 'custom', path: [index, 'severity'], message });
      }
    }
  });

const budget = z
  .strictObject({
    rule: name.default('budget'),
    bands: bands.default([...DEFAULT_BANDS]),
    routes: routesSchema.default({}),
  })
  .prefault({});

const failure = z
  .strictObject({
    rule: name.default('failure'),
    severity: z.enum(SEVERITIES).default('high'),
    alertType: name.default('run_failed'),
    action: line.default('Read why the run failed, mend it, then retry the run'),
    runbook: line.optional(),
    routes: routesSchema.default({}),
  })
  .prefault({});

/** `alerts` of a job; absent means every default. */
export const alertsSchema = z
  .strictObject({
    budget: z.literal(false).or(budget),
    failure: z.literal(false).or(failure),
    reopenWithin: duration.prefault('5m'),
    reopenAfter: duration.prefault('30m'),
  })
  .prefault({})
  .transform(({ reopenWithin, reopenAfter, ...rules }) => ({
    ...rules,
    reopenWithinSeconds: reopenWithin,
    reopenAfterSeconds: reopenAfter,
  }));

/** Rules of a job that hold by themselves. */
export type CheckedAlerts = z.output<typeof alertsSchema>;
