// The checkout that is written into, by paths relative to its root. Reads only; write.ts writes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from './refused.ts';

export interface Tree {
  readonly root: string;
  readonly has: (path: string) => boolean;
  /** Refuses where the file is missing. */
  readonly read: (path: string) => string;
  /** Names in a folder, sorted; none where it is missing. */
  readonly list: (folder: string) => readonly string[];
}

export const openTree = (root: string): Tree => {
  const has = (path: string): boolean => existsSync(join(root, path));
  return {
    root,
    has,
    read: (path) =>
      has(path)
        ? readFileSync(join(root, path), 'utf8')
        : refuse(`${path} is not there, so it cannot be read`),
    list: (folder) => (has(folder) ? readdirSync(join(root, folder)).toSorted() : []),
  };
};

/** Folders of `packs/` that hold a pack. */
const packFolders = (tree: Tree): readonly string[] =>
  tree.list('packs').filter((folder) => tree.has(`packs/${folder}/pack.ts`));

/** The pack that is meant: the one that was named, or the only one that there is. */
export const choosePack = (tree: Tree, named: string | undefined): string => {
  const packs = packFolders(tree);
  const [only] = packs;
  if (named === undefined && packs.length === 1 && only !== undefined) return only;
  if (named !== undefined && packs.includes(named)) return named;
  const known = packs.join(', ') || 'none: `npm run new pack NAME` makes one';
  return refuse(
    named === undefined
      ? `say which pack: --pack with one of ${known}`
      : `no pack ${named}; there are: ${known}`,
  );
};
