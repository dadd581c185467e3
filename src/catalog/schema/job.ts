// Checks a job and brings it into the shape that snapshots are made from: durations in seconds, defaults
// filled in.
import { z } from 'zod';
import { defaultLockKey } from '../../domain/ids.ts';
import { alertsSchema } from './alerts.ts';
import { cron, duration, identifier, line, name, positiveDuration } from './names.ts';

/** Most rows that one batch may hold (SLA-93). */
const MAX_BATCH_ROWS = 10_000;

const qualifiedTable = z.string().transform((text, context) => {
  const parts = text.split('.');
  const sound = parts.length <= 2 && parts.every((part) => identifier.safeParse(part).success);
  const [last, first] = parts.toReversed();
  if (sound && last !== undefined) return { schema: first ?? 'public', table: last };
  context.addIssue({ code: 'custom', message: 'must be a table or schema.table, plain SQL names' });
  return z.NEVER;
});

const selection = z
  .strictObject({
    database: name,
    table: qualifiedTable,
    key: z.array(identifier).min(1, { error: 'must name at least one column' }),
    age: z.strictObject({ column: identifier, olderThan: duration }),
    orderBy: z.array(identifier).min(1, { error: 'must name at least one column' }).optional(),
    where: line.optional(),
  })
  .transform(({ table, age, orderBy, where, ...rest }) => ({
    ...rest,
    ...table,
    age: { column: age.column, olderThanSeconds: age.olderThan },
    orderBy: orderBy ?? [...new Set([age.column, ...rest.key])],
    ...(where === undefined ? {} : { where }),
  }));

const batch = z
  .int({ error: `must be a whole number from 1 to ${MAX_BATCH_ROWS}` })
  .min(1)
  .max(MAX_BATCH_ROWS);

const deleteStep = z.strictObject({ name, action: z.literal('delete'), batch, selection });

const blobs = z
  .strictObject({
    column: identifier,
    deletedAt: identifier.optional(),
    grace: duration.optional(),
  })
  .transform(({ column, deletedAt, grace = 0 }) => ({
    column,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    graceSeconds: grace,
  }));

const blobsStep = z.strictObject({ name, action: z.literal('blobs'), batch, selection, blobs });

const step = z.discriminatedUnion('action', [deleteStep, blobsStep], {
  error: 'must be one of delete, blobs',
});

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
    steps: z
      .array(step)
      .min(1, { error: 'must have a step' })
      .max(1, { error: 'must have one step: jobs of several steps are not supported yet' }),
  })
  .transform(({ budget, lock, ...job }) => ({
    ...job,
    budgetSeconds: budget,
    lockKey: lock ?? defaultLockKey(job.name),
  }));

/** A job that holds to every rule. */
export type CheckedJob = z.output<typeof jobSchema>;
