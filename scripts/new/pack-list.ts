// A kind of thing that packs keep in a folder of its own: its line in `packs/<pack>/<kind>/index.ts`. The first of a kind
// brings that list and its place in pack.ts.
import type { FileText, Plan } from './kinds/kind.ts';
import { fileName, identifier } from './names.ts';
import { refuse } from './refused.ts';
import { register } from './registry.ts';
import { addEntry, addImport } from './source.ts';
import type { Tree } from './tree.ts';

interface Listed {
  readonly pack: string;
  /** Folder, list, and field of what `build` returns: `reports`. */
  readonly kind: string;
  /** What the list holds in words: `report`. */
  readonly words: string;
  /** Type of an entry, exported by src/index.ts. */
  readonly type: string;
  readonly name: string;
}

const indexText = ({ kind, words, type, name }: Listed): string => `\
// Every ${words} of the pack, one line each. A test fails while this list and the folder differ.
import type { ${type} } from '../../../src/index.ts';
import { ${identifier(name)} } from './${fileName(name)}.ts';

export const ${kind}: readonly ${type}[] = [${identifier(name)}];
`;

/** The list with its new line: an edit, or where the pack has none yet a file and an edit of pack.ts. */
export const listInPack = (tree: Tree, listed: Listed): Pick<Plan, 'created' | 'edited'> => {
  const { pack, kind, name } = listed;
  const path = `packs/${pack}/${kind}/index.ts`;
  const from = `./${fileName(name)}.ts`;
  if (tree.has(path))
    return {
      created: [],
      edited: [register(tree, { path, list: kind, identifier: identifier(name), from })],
    };
  const declared = `packs/${pack}/pack.ts`;
  const imported = addImport(tree.read(declared), `import { ${kind} } from './${kind}/index.ts';`);
  const text = addEntry(imported, 'build', kind);
  const edited: FileText = {
    path: declared,
    text: text ?? refuse(`${declared} has no build that ${kind} could be added to`),
  };
  return { created: [{ path, text: indexText(listed) }], edited: [edited] };
};
