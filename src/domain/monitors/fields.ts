// Fields of payloads and records: a constant, or a name in braces alone that stands for a value, as it is or rounded.
import type { Fields } from './monitor.ts';
import { rounded } from './statistics.ts';

const ALONE = /^\{([^{}:]+)(?::(\d))?\}$/;

/** The name that a field stands for; undefined of a constant. */
export const nameOfField = (field: unknown): string | undefined =>
  typeof field === 'string' ? ALONE.exec(field)?.[1] : undefined;

/** With `valueOf` for each name; what it does not know is null. */
export const filledFields = (
  fields: Fields,
  valueOf: (name: string) => unknown,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, filledField(value, valueOf)]));

export const filledField = (field: Fields[string], valueOf: (name: string) => unknown): unknown => {
  const [, name, decimals] = (typeof field === 'string' && ALONE.exec(field)) || [];
  if (name === undefined) return field;
  const value = valueOf(name) ?? null;
  return typeof value === 'number' && decimals !== undefined ? rounded(value, Number(decimals)) : value;
};
