// What is wrong with a pack's commands taken together.

import type { CheckedCommand } from '../schema/commands.ts';
import type { Fault } from './fault.ts';

/** Names that are the beginning of others: `mrq` beside `mrq list` could mean either. */
export const commandsTogetherFaults = (
  pack: string,
  commands: readonly CheckedCommand[],
): readonly Fault[] => {
  const names = commands.map(({ name }) => name);
  return names
    .filter((name) => names.some((other) => other.startsWith(`${name} `)))
    .map((name) => ({
      place: `${pack}/command/${name}`,
      rule: 'must not be the beginning of another command of the pack',
    }));
};
