// One of two shapes, told apart by a key that only one of them has, so that each fault is told of the shape that was meant.
import { z } from 'zod';
import { inWords } from '../faults/zod.ts';

interface Shapes<Is, Otherwise> {
  readonly key: string;
  readonly is: z.ZodType<Is>;
  readonly otherwise: z.ZodType<Otherwise>;
}

/** `is` of what has the key, `otherwise` of all else. */
export const having = <Is, Otherwise>({ key, is, otherwise }: Shapes<Is, Otherwise>) =>
  z.unknown().transform((input, context): Is | Otherwise => {
    const has = typeof input === 'object' && input !== null && key in input;
    const schema: z.ZodType<Is | Otherwise> = has ? is : otherwise;
    const result = schema.safeParse(input, { error: inWords });
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.addIssue({ ...issue });
    return z.NEVER;
  });
