// Checks a rule's conditions and brings them into the shape that travels: durations in seconds.
import { z } from 'zod';
import type { Comparison, Condition } from '../../domain/monitors/condition.ts';
import { name, positiveDuration } from './names.ts';

const COMPARED = [
  'above',
  'atLeast',
  'below',
  'atMost',
  'equals',
  'increasing',
  'unchangedFor',
  'absentFor',
  'ratio',
] as const;

const KINDS = COMPARED.join(', ');

const ratio = z
  .strictObject({
    above: z.number().positive({ error: 'must be > 0' }).optional(),
    below: z.number().positive({ error: 'must be > 0' }).optional(),
    to: z.enum(['mean', 'median']),
    over: positiveDuration,
    minimumSamples: z.int({ error: 'must be a whole number from 1 on' }).min(1),
  })
  .refine(({ above, below }) => above !== undefined || below !== undefined, {
    error: 'must say above or below',
  })
  .refine(({ above, below }) => above === undefined || below === undefined || below < above, {
    path: ['below'],
    error: 'must be less than above',
  })
  .transform(({ over, above, below, ...rest }) => ({
    ...rest,
    ...(above !== undefined && { above }),
    ...(below !== undefined && { below }),
    overSeconds: over,
  }));

const TIMES = { error: 'must be a whole number from 1 to 1000' };

const comparisons = {
  above: z.number().optional(),
  atLeast: z.number().optional(),
  below: z.number().optional(),
  atMost: z.number().optional(),
  equals: z.number().optional(),
  increasing: z.int(TIMES).min(1, TIMES).max(1000, TIMES).optional(),
  unchangedFor: positiveDuration.optional(),
  absentFor: positiveDuration.optional(),
  ratio: ratio.optional(),
};

type Parsed = z.output<z.ZodObject<typeof comparisons>> & {
  readonly measure?: string | undefined;
  readonly any?: readonly Condition[] | undefined;
  readonly all?: readonly Condition[] | undefined;
};

/** Words for what is not one condition; undefined where it is. */
const shapeRule = (parsed: Parsed): string | undefined => {
  const compared = COMPARED.filter((kind) => parsed[kind] !== undefined);
  const joined = [parsed.any, parsed.all].filter((list) => list !== undefined);
  if (joined.length > 1) return 'must be any or all, not both: put one into the other';
  if (joined.length === 1)
    return parsed.measure === undefined && compared.length === 0
      ? undefined
      : 'must not compare a measure beside any or all: put that into the list';
  if (parsed.measure === undefined) return 'must name a measure, or have any or all';
  return compared.length === 1 ? undefined : `must have exactly one of ${KINDS}`;
};

const toCondition = ({ measure = '', any, all, ...rest }: Parsed): Condition => {
  if (any) return { any };
  if (all) return { all };
  const { unchangedFor, absentFor, ...others } = rest;
  if (unchangedFor !== undefined) return { measure, unchangedForSeconds: unchangedFor };
  if (absentFor !== undefined) return { measure, absentForSeconds: absentFor };
  const stated = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  return { measure, ...stated } as Comparison;
};

const parts = (): z.ZodOptional<z.ZodArray<z.ZodType<Condition>>> =>
  z
    .array(z.lazy(() => conditionSchema))
    .min(1, { error: 'must have a condition' })
    .optional();

/** A condition as declared; see ConditionDefinition. */
export const conditionSchema: z.ZodType<Condition> = z
  .strictObject({ measure: name.optional(), ...comparisons, any: parts(), all: parts() })
  .superRefine((parsed, context) => {
    const message = shapeRule(parsed);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .transform(toCondition);
