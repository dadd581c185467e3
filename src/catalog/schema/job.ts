// Checks a job and brings it into the shape that snapshots are made from: durations in seconds, defaults
// filled in.
import { z } from 'zod';
import { defaultLockKey } from '../../domain/ids.ts';
import { MAX_SET_ASIDE } from '../../domain/jobs/control.ts';
import { DEFAULT_GUARD } from '../../domain/jobs/guard.ts';
import { alertsSchema } from './alerts.ts';
import { cron, line, name, positiveDuration } from './names.ts';
import { stepsSchema } from './steps.ts';
import { throttleSchema } from './throttle.ts';

const guard = z
  .strictObject({
    maxRows: z.int({ error: 'must be a whole number from 1 on' }).min(1).optional(),
    maxShare: z
      .number({ error: 'must be a number above 0 and at most 1' })
      .positive({ error: 'must be above 0; 0.5 is half of the table' })
      .max(1, { error: 'must be at most 1; 0.5 is half of the table' })
      .optional(),
  })
  // A share that is declared holds for every table.
  .transform(({ maxRows, maxShare }) => ({
    ...(maxShare === undefined ? DEFAULT_GUARD : { maxShare, shareFromRows: 0 }),
    ...(maxRows === undefined ? {} : { maxRows }),
  }));

/** An audit row is read by people. */
const MOST_AUDIT_IDS = 1_000;
const AUDIT_IDS = { error: `must be a whole number from 1 to ${MOST_AUDIT_IDS}` };

/** A job as declared; see JobDefinition. */
export const jobSchema = z
  .strictObject({
    name,
    summary: line,
    owner: name,
    resourceType: name,
    schedule: cron,
    budget: positiveDuration,
    runbook: line.optional(),
    lock: line.optional(),
    alerts: alertsSchema,
    guard: guard.optional(),
    maxPoison: z.int({ error: 'must be a whole number from 0 on' }).min(0).optional(),
    stuckAfter: positiveDuration.optional(),
    auditIds: z.int(AUDIT_IDS).min(1, AUDIT_IDS).max(MOST_AUDIT_IDS, AUDIT_IDS).optional(),
    evaluates: z.array(name).min(1, { error: 'must name a monitor' }).optional(),
    throttle: throttleSchema,
    steps: stepsSchema,
  })
  .transform(({ budget, lock, guard: limits = DEFAULT_GUARD, maxPoison = MAX_SET_ASIDE, ...job }) => ({
    ...job,
    guard: limits,
    maxPoison,
    budgetSeconds: budget,
    lockKey: lock ?? defaultLockKey(job.name),
  }));

/** A job that holds to every rule. */
export type CheckedJob = z.output<typeof jobSchema>;
