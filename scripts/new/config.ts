// What sexton.config.ts and a pack.ts say that new files depend on.
import { refuse } from './refused.ts';
import { propertiesOf } from './source.ts';
import type { Tree } from './tree.ts';

export const CONFIG_FILE = 'sexton.config.ts';

/** Who is on call here: a role of the config file, or the log where it has none. */
export const someRole = (tree: Tree): string => {
  const roles = Object.keys(propertiesOf(tree.read(CONFIG_FILE), 'roles') ?? {});
  return roles.find((role) => role === 'on-call') ?? roles[0] ?? 'log';
};

/** The first database that a pack declares. */
export const firstDatabase = (tree: Tree, pack: string): string => {
  const [first] = Object.keys(propertiesOf(tree.read(`packs/${pack}/pack.ts`), 'databases') ?? {});
  return first ?? refuse(`packs/${pack}/pack.ts declares no database`);
};
