// Turns what zod finds into faults whose rules are words, not zod's jargon.
import type { z } from 'zod';
import { type Fault, shownValue } from './fault.ts';

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  function: 'a function',
};

const unitOf = (origin: string): string => {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' entries' : '';
};

/** Words for every issue whose schema did not bring its own. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') {
    return issue.input === undefined ? 'must be set' : `must be ${NOUNS[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message;
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
  return undefined;
};

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );

/** A branch of a union that the input was meant for: its outer type fits and only something inside does not. */
const isMeant = (branch: readonly z.core.$ZodIssue[]): boolean =>
  branch.every(({ code, path }) => path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_value'));

const unionFaults = (
  place: string,
  input: unknown,
  { errors, path }: z.core.$ZodIssueInvalidUnion,
): readonly Fault[] => {
  const inner = (branch: readonly z.core.$ZodIssue[]): readonly Fault[] =>
    branch.flatMap((issue) => faultsOfIssue(place, input, { ...issue, path: [...path, ...issue.path] }));
  const meant = errors.find(isMeant);
  if (meant) return inner(meant);
  const [first, ...others] = errors.flatMap(inner);
  if (!first) return [];
  const rules = [first, ...others].map(({ rule }) => rule.replace(/^must be /, ''));
  return [{ ...first, rule: `must be ${rules.join(' or ')}` }];
};

const faultsOfIssue = (place: string, input: unknown, issue: z.core.$ZodIssue): readonly Fault[] => {
  // Without branches it was known from the start that none is meant: its own words say which there are.
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return unionFaults(place, input, issue);
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => [place, ...issue.path.map(String), key].join('.'));
    return keys.map((key) => ({ place: key, rule: 'no such key' }));
  }
  // What is wrong with a key stands in the place already.
  const value = issue.code === 'invalid_key' ? undefined : shownValue(at(input, issue.path));
  const fault = { place: [place, ...issue.path.map(String)].join('.'), rule: issue.message };
  return [value === undefined ? fault : { ...fault, value }];
};

/** Either the parsed value, or every fault of it; never both. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Parses `input` and names each fault by its path below `place`. */
export const check = <T>({
  schema,
  input,
  place,
}: {
  readonly schema: z.ZodType<T>;
  readonly input: unknown;
  readonly place: string;
}): Checked<T> => {
  const result = schema.safeParse(input, { error: inWords });
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, faults: result.error.issues.flatMap((issue) => faultsOfIssue(place, input, issue)) };
};
