// Checks which rows a step takes, and fills in in which order they are looked at.
import { z } from 'zod';
import { duration, identifier, line, name } from './names.ts';

/** `table` or `schema.table`. */
export const qualifiedTable = z.string().transform((text, context) => {
  const parts = text.split('.');
  const sound = parts.length <= 2 && parts.every((part) => identifier.safeParse(part).success);
  const [last, first] = parts.toReversed();
  if (sound && last !== undefined) return { schema: first ?? 'public', table: last };
  context.addIssue({ code: 'custom', message: 'must be a table or schema.table, plain SQL names' });
  return z.NEVER;
});

/** At least one column. */
export const columns = z.array(identifier).min(1, { error: 'must name at least one column' });

const parents = z
  .strictObject({
    table: qualifiedTable,
    key: columns,
    by: columns,
    orderBy: columns.optional(),
    where: line.optional(),
  })
  .refine(({ key, by }) => key.length === by.length, {
    path: ['by'],
    error: 'must name as many columns as key, in the same order',
  });

const age = z.strictObject({ column: identifier, olderThan: duration, of: parents.optional() });

/** Rows without an age of their own are walked in the order of their parents, so theirs only tells siblings apart. */
export const selection = z
  .strictObject({
    database: name,
    table: qualifiedTable,
    key: columns,
    age,
    orderBy: columns.optional(),
    where: line.optional(),
  })
  .refine(({ age: { of }, orderBy }) => of === undefined || orderBy === undefined, {
    path: ['orderBy'],
    error: 'must be left out where age is of other rows: it is their order that counts (age.of.orderBy)',
  })
  .transform(({ table, age: { column, olderThan, of }, orderBy, where, ...rest }) => ({
    ...rest,
    ...table,
    age: {
      column,
      olderThanSeconds: olderThan,
      ...(of === undefined ? {} : { of: parentsOf(of, column) }),
    },
    orderBy: orderBy ?? (of ? rest.key : [...new Set([column, ...rest.key])]),
    ...(where === undefined ? {} : { where }),
  }));

const parentsOf = ({ table, key, by, orderBy, where }: z.output<typeof parents>, column: string) => ({
  ...table,
  key,
  by,
  orderBy: orderBy ?? [...new Set([column, ...key])],
  ...(where === undefined ? {} : { where }),
});
