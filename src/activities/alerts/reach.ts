// From names to targets: a role stands for people, rotations and targets; a rotation for whoever's turn it is.
import { isChannelName } from '../../domain/alerts/channels.ts';
import type { Directory } from '../../domain/alerts/on-call.ts';
import { parseTarget, type Target } from '../../domain/alerts/policy.ts';
import { onCallAt, type RunTimeOverrides } from './on-call.ts';

export interface ReachInput {
  readonly directory: Directory;
  readonly names: readonly string[];
  /** As the policy's snapshot had them: for a name that the configuration has lost since. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  readonly atMs: number;
  readonly overrides?: RunTimeOverrides;
}

export interface Reached {
  /** Each once, in the order of the names, by however many ways it was come to. */
  readonly targets: readonly Target[];
  /** Names that lead to nobody just then. */
  readonly empty: readonly string[];
}

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

export const reach = ({ directory, names, people, atMs, overrides = {} }: ReachInput): Reached => {
  const { roles, rotations, people: persons } = directory;

  const ofEntry = (name: string): readonly string[] | undefined => {
    const person = own(persons, name);
    if (person) return person.targets;
    const rotation = own(rotations, name);
    if (rotation) {
      const onCall = onCallAt(rotation, atMs, own(overrides, name));
      return onCall === undefined ? [] : (own(persons, onCall)?.targets ?? []);
    }
    return name.includes(':') || isChannelName(name) ? [name] : undefined;
  };
  const ofName = (name: string): readonly string[] => {
    const role = own(roles, name);
    if (role) return role.flatMap((entry) => ofEntry(entry) ?? []);
    return ofEntry(name) ?? own(people, name) ?? [];
  };

  const found = names.map((name) => ({ name, texts: ofName(name) }));
  return {
    targets: [...new Set(found.flatMap(({ texts }) => texts))].map(parseTarget),
    empty: found.filter(({ texts }) => texts.length === 0).map(({ name }) => name),
  };
};
