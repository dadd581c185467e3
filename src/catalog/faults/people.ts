// Names in roles and rotations: each must be known, and none may mean two things. Asked of the config as written, so
// that a fault elsewhere hides none of these.
import { isChannelName, targetRule } from '../../domain/alerts/channels.ts';
import { parseTarget } from '../../domain/alerts/policy.ts';
import { listOf } from '../inspect.ts';
import { type Fault, shownValue } from './fault.ts';

const KINDS = ['roles', 'people', 'rotations'] as const;

type Kind = (typeof KINDS)[number];

const entriesOf = (input: unknown, kind: Kind): readonly (readonly [string, unknown])[] => {
  const found: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, kind) : undefined;
  return typeof found === 'object' && found !== null ? Object.entries(found) : [];
};

/** Names of a kind, sound or not. */
export const namesOf = (input: unknown, kind: Kind): readonly string[] =>
  entriesOf(input, kind).map(([name]) => name);

const known = (names: readonly string[]): string => names.join(', ') || 'there is none';

/** Where a text leads nowhere, in words; undefined where it is a target that is sound or one of `names`. */
export const wakeableRule = (
  text: string,
  { names, kinds }: { readonly names: readonly string[]; readonly kinds: string },
): string | undefined => {
  if (names.includes(text)) return undefined;
  if (text.includes(':') || isChannelName(text)) return targetRule(parseTarget(text));
  return `must be a ${kinds} of sexton.config.ts (${known(names)}) or a target such as log`;
};

const fault = (place: string, rule: string, value: unknown): Fault => {
  const shown = shownValue(value);
  return { place, rule, ...(shown === undefined ? {} : { value: shown }) };
};

const unknownEntries = (input: unknown, place: string): readonly Fault[] => {
  const names = [...namesOf(input, 'people'), ...namesOf(input, 'rotations')];
  return entriesOf(input, 'roles').flatMap(([role, entries]) =>
    (Array.isArray(entries) ? entries : []).flatMap((text: unknown, index) => {
      const rule =
        typeof text === 'string' ? wakeableRule(text, { names, kinds: 'person or rotation' }) : undefined;
      return rule === undefined ? [] : [fault(`${place}.roles.${role}.${index}`, rule, text)];
    }),
  );
};

const unknownPeople = (input: unknown, place: string): readonly Fault[] => {
  const people = namesOf(input, 'people');
  const rule = `must be one of people (${known(people)})`;
  return entriesOf(input, 'rotations').flatMap(([name, rotation]) => {
    const at = `${place}.rotations.${name}`;
    const members = listOf(rotation, 'members').map((person, index) => ({
      person,
      where: `${at}.members.${index}`,
    }));
    const standIns = listOf(rotation, 'overrides').map((each, index) => ({
      person: typeof each === 'object' && each !== null ? Reflect.get(each, 'person') : undefined,
      where: `${at}.overrides.${index}.person`,
    }));
    return [...members, ...standIns]
      .filter(({ person }) => typeof person === 'string' && !people.includes(person))
      .map(({ person, where }) => fault(where, rule, person));
  });
};

const namedTwice = (input: unknown, place: string): readonly Fault[] =>
  KINDS.flatMap((kind, index) =>
    KINDS.slice(0, index).flatMap((earlier) =>
      namesOf(input, kind)
        .filter((name) => namesOf(input, earlier).includes(name))
        .map((name) => ({
          place: `${place}.${kind}.${name}`,
          rule: `must not be the name of one of ${earlier} too`,
        })),
    ),
  );

/** Every fault of names among roles, people and rotations. */
export const peopleFaults = (input: unknown, place: string): readonly Fault[] => [
  ...unknownEntries(input, place),
  ...unknownPeople(input, place),
  ...namedTwice(input, place),
];
