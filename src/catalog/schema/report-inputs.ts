// Checks what a report takes before it asks: a measure of any kind, rows of another statement, or the pack's jobs.
import { z } from 'zod';
import type { MeasureSnapshot } from '../../domain/monitors/monitor.ts';
import { measureSchema } from './measures.ts';
import { name } from './names.ts';
import { readStatement } from './statement.ts';

const rows = z.strictObject({ kind: z.literal('rows'), database: name, sql: readStatement });
const jobs = z.strictObject({ kind: z.literal('jobs'), schedules: z.boolean().default(false) });

/** A measure as it is taken, or one of the kinds that only reports have. */
export type CheckedInput =
  | z.output<typeof rows>
  | z.output<typeof jobs>
  | { readonly kind: 'measure'; readonly measure: MeasureSnapshot };

const kindOf = (input: unknown): unknown =>
  typeof input === 'object' && input !== null ? Reflect.get(input, 'kind') : undefined;

/** See ReportInputDefinition. */
export const reportInput = z.unknown().transform((input, context): CheckedInput => {
  const kind = kindOf(input);
  const result =
    kind === 'rows'
      ? rows.safeParse(input)
      : kind === 'jobs'
        ? jobs.safeParse(input)
        : measureSchema.safeParse(input);
  if (!result.success) {
    for (const issue of result.error.issues) context.addIssue({ ...issue });
    return z.NEVER;
  }
  return kind === 'rows' || kind === 'jobs'
    ? (result.data as CheckedInput)
    : { kind: 'measure', measure: result.data as MeasureSnapshot };
});
