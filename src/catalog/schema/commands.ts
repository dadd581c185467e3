// Checks a command by itself; its code is not run. What it is given is checked by its own schemas when it is typed.
import { z } from 'zod';
import type { CommandDefinition } from '../define/commands.ts';
import { having } from './having.ts';
import { line } from './names.ts';

const commandName = z.string().regex(/^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*){0,2}$/, {
  error: 'must be one to three words of a-z, 0-9 and -',
});

/** Options that commands have anyway. */
const TAKEN = ['by', 'help', 'json', 'yes'];

const valueName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*$/, { error: 'must be a name in camel case' })
  .refine((text) => !TAKEN.includes(text), { error: `must not be ${TAKEN.join(', ')}: Sexton has those` });

const aFunction = <T>() =>
  z.custom<T>((value) => typeof value === 'function', { error: 'must be a function' });

type ValueSchema = z.ZodType<unknown, string | undefined>;

const value = z.strictObject({
  summary: line,
  value: z.custom<ValueSchema>(
    (schema) => typeof schema === 'object' && schema !== null && 'safeParse' in schema,
    { error: 'must be a schema such as variable.number()' },
  ),
});

const flag = z.strictObject({ summary: line, flag: z.literal(true) });

const option = having({ key: 'flag', is: flag, otherwise: value });

/** Left out by whoever types: it says `undefined` is fine. */
export const isOptional = (schema: ValueSchema): boolean => schema.safeParse(undefined).success;

const ownCommand = z
  .strictObject({
    name: commandName,
    summary: line,
    args: z.record(valueName, value).default({}),
    options: z.record(valueName, option).default({}),
    audited: z.boolean().default(false),
    confirm: aFunction<NonNullable<CommandDefinition['confirm']>>().optional(),
    run: aFunction<CommandDefinition['run']>(),
  })
  .superRefine(({ args, options }, context) => {
    const optional = Object.values(args).map((each) => isOptional(each.value));
    if (optional.lastIndexOf(false) > optional.indexOf(true) && optional.includes(true))
      context.addIssue({
        code: 'custom',
        path: ['args'],
        message: 'must have those that may be left out last',
      });
    for (const twice of Object.keys(args).filter((each) => each in options))
      context.addIssue({ code: 'custom', path: ['options', twice], message: 'is an argument already' });
  });

const alias = z.strictObject({
  name: commandName,
  summary: line,
  alias: z.array(line).min(1, { error: 'must name a command of Sexton' }),
  words: z.record(line, line).default({}),
});

/** A command as declared; see CommandDefinition and AliasDefinition. */
export const commandSchema = having({ key: 'alias', is: alias, otherwise: ownCommand });

/** A command or alias that holds to every rule. */
export type CheckedCommand = z.output<typeof commandSchema>;
