// Checks the fields that declarations give to payloads and records. What names in braces mean is checked in faults/monitor.ts
// as far as it is known before anything is measured.
import { z } from 'zod';
import type { RecordSnapshot } from '../../domain/monitors/monitor.ts';
import { identifier, line, name } from './names.ts';

const FIELD = { error: 'must be a text, a number, true, false or null' };

const field = z.union([z.string(), z.number(), z.boolean(), z.null()], FIELD);

/** By name; see FieldsDefinition. */
export const fields = z.record(identifier, z.union([field, z.array(line)], FIELD));

const words = z
  .strictObject({
    of: name,
    above: z.array(z.tuple([z.number(), line])).min(1, { error: 'must have a limit' }),
    otherwise: line,
    none: line,
  })
  .refine(
    ({ above }) => above.every(([limit], place) => place === 0 || limit > (above[place - 1]?.[0] ?? limit)),
    {
      path: ['above'],
      error: 'must have limits in ascending order',
    },
  );

/** See RecordDefinition. */
export const recordSchema: z.ZodType<RecordSnapshot> = z.strictObject({
  measure: name,
  fields: z
    .record(identifier, z.union([field, words]))
    .refine((each) => Object.keys(each).length > 0, { error: 'must have a field' }),
});
