// Checks the steps of a job, each by itself and all of them together.
import { z } from 'zod';
import { STRATEGIES } from '../../domain/jobs/step.ts';
import { duration, identifier, name, positiveDuration } from './names.ts';
import { orphansStep, pathUse } from './orphans.ts';
import { itemRequest, singleRequest } from './requests.ts';
import { columns, qualifiedTable, selection } from './selection.ts';
import { batchStatement, statement } from './statement.ts';

/** Most rows that one batch may be declared to hold; what a person may set is less (SLA-93). */
const MAX_BATCH_ROWS = 50_000;

const MOST_STEPS = 20;

const batch = z
  .int({ error: `must be a whole number from 1 to ${MAX_BATCH_ROWS}` })
  .min(1)
  .max(MAX_BATCH_ROWS);

const strategy = z.enum(STRATEGIES, { error: `must be ${STRATEGIES.join(' or ')}` }).optional();

const rows = { name, batch, selection };

const deleteStep = z.strictObject({ ...rows, strategy, action: z.literal('delete') });

const blobs = z
  .strictObject({
    column: identifier,
    paths: pathUse.optional(),
    deletedAt: identifier.optional(),
    grace: duration.optional(),
  })
  .transform(({ column, paths, deletedAt, grace = 0 }) => ({
    column,
    ...(paths === undefined ? {} : { paths }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    graceSeconds: grace,
  }));

const blobsStep = z.strictObject({ ...rows, strategy, action: z.literal('blobs'), blobs });

const archive = z
  .strictObject({
    table: qualifiedTable,
    columns: columns.optional(),
    archivedAt: identifier.optional(),
    runId: identifier.optional(),
  })
  .transform(({ table, columns: kept, archivedAt, runId }) => ({
    ...table,
    ...(kept && { columns: kept }),
    ...(archivedAt && { archivedAt }),
    ...(runId && { runId }),
  }));

const archiveStep = z
  .strictObject({ ...rows, strategy, action: z.literal('archive'), archive })
  .refine(
    ({ selection: { key }, archive: { columns: kept } }) =>
      key.every((column) => kept?.includes(column) ?? true),
    {
      path: ['archive', 'columns'],
      error: 'must include the key',
    },
  )
  .refine(({ selection: from, archive: to }) => from.schema !== to.schema || from.table !== to.table, {
    path: ['archive', 'table'],
    error: 'must be another table than the rows come from',
  });

const sqlBatchesStep = z.strictObject({ ...rows, action: z.literal('sql-batches'), sql: batchStatement });

const httpItemsStep = z
  .strictObject({ ...rows, action: z.literal('http-items'), http: itemRequest })
  .refine(({ selection: { age } }) => !('of' in age), {
    path: ['selection', 'age', 'of'],
    error: 'is not supported for http-items: the rows need an age of their own',
  });

const oneShot = {
  name,
  database: name,
  ifFails: z.enum(['fail', 'warn'], { error: 'must be fail or warn' }).default('fail'),
};

const vacuumStep = z.strictObject({
  ...oneShot,
  action: z.literal('vacuum'),
  tables: z.array(qualifiedTable).min(1, { error: 'must name at least one table' }),
  analyze: z.boolean().default(true),
  skipLocked: z.boolean().default(false),
  timeout: positiveDuration.prefault('1h'),
});

const sqlStep = z.strictObject({
  ...oneShot,
  action: z.literal('sql'),
  sql: statement,
  timeout: positiveDuration.prefault('5m'),
});

const httpStep = z.strictObject({
  ...oneShot,
  action: z.literal('http'),
  http: singleRequest,
  timeout: positiveDuration.prefault('5m'),
});

const STEPS = [
  deleteStep,
  blobsStep,
  archiveStep,
  sqlBatchesStep,
  httpItemsStep,
  vacuumStep,
  sqlStep,
  httpStep,
  orphansStep,
] as const;

const step = z.discriminatedUnion('action', STEPS, {
  error: 'must be one of delete, blobs, archive, sql-batches, http-items, vacuum, sql, http, orphans',
});

/** A step that holds to every rule. */
export type CheckedStep = z.output<typeof step>;

const databaseOf = (each: CheckedStep): string =>
  'selection' in each ? each.selection.database : each.database;

export const stepsSchema = z
  .array(step)
  .min(1, { error: 'must have a step' })
  .max(MOST_STEPS, { error: `must have at most ${MOST_STEPS} steps` })
  .superRefine((steps, context) => {
    const [first] = steps;
    const names = new Set<string>();
    for (const [place, each] of steps.entries()) {
      const fault = (field: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [place, field], message, input: each.name });
      if (names.has(each.name)) fault('name', 'must be the only step of this name in its job');
      names.add(each.name);
      if (first && databaseOf(each) !== databaseOf(first))
        fault('selection' in each ? 'selection' : 'database', 'must be on the database of the first step');
    }
  });
