// Checks every one of a kind that a pack declares: each by itself, and that no name is there twice.
import type { z } from 'zod';
import type { Fault } from './faults/fault.ts';
import { check } from './faults/zod.ts';
import { doubled, nameOf } from './inspect.ts';

const namedTwice = (place: string, names: readonly string[]): readonly Fault[] =>
  doubled(names).map((name) => ({ place: `${place}/${name}`, rule: 'is named twice in its pack' }));

/** Those of a kind that are sound, and what is wrong with the rest. */
export interface Part<T> {
  readonly sound: readonly T[];
  readonly faults: readonly Fault[];
}

interface Named {
  readonly name: string;
}

export interface Kind<T extends Named> {
  /** As it stands in ids: `job`. */
  readonly kind: string;
  readonly schema: z.ZodType<T>;
  /** What is wrong with one that is sound by itself. */
  readonly more?: (checked: T, place: string) => readonly Fault[];
  /** What can be told of one whether it is sound or not. */
  readonly always?: (input: unknown, place: string) => readonly Fault[];
}

/** Each by itself, and no name twice. */
export const checkEach = <T extends Named>(
  pack: string,
  { kind, schema, more = () => [], always = () => [] }: Kind<T>,
  inputs: readonly unknown[],
): Part<T> => {
  const parts = inputs.map((input, index): Part<T> => {
    const place = `${pack}/${kind}/${nameOf(input, `${index}`)}`;
    const own = always(input, place);
    const checked = check({ schema, input, place });
    if (!checked.ok) return { sound: [], faults: [...checked.faults, ...own] };
    return { sound: [checked.value], faults: [...own, ...more(checked.value, place)] };
  });
  const sound = parts.flatMap((part) => part.sound);
  const names = sound.map(({ name }) => name);
  return {
    sound,
    faults: [...parts.flatMap((part) => part.faults), ...namedTwice(`${pack}/${kind}`, names)],
  };
};
