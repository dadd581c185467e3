// Everybody that a name may stand for, whoever's turn it is.
import type { Directory } from './on-call.ts';

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** Names that a policy may use besides targets. */
export const wakeableNames = ({ roles, people, rotations }: Directory): readonly string[] =>
  [roles, people, rotations].flatMap((each) => Object.keys(each));

/** Every target that a name may stand for, of a rotation those of all its members; undefined where nobody knows it. */
export const everyTarget = (directory: Directory, name: string): readonly string[] | undefined => {
  const role = own(directory.roles, name);
  if (role) return [...new Set(role.flatMap((entry) => ofEntry(directory, entry) ?? [entry]))];
  return ofEntry(directory, name);
};

const ofEntry = ({ people, rotations }: Directory, name: string): readonly string[] | undefined => {
  const person = own(people, name);
  if (person) return person.targets;
  const rotation = own(rotations, name);
  return rotation && [...new Set(rotation.members.flatMap((member) => own(people, member)?.targets ?? []))];
};
