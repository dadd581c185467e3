// Adds a file to the list that names it: an import and an entry.
import type { FileText } from './kinds/kind.ts';
import { refuse } from './refused.ts';
import { addEntry, addImport, identifiersIn } from './source.ts';
import type { Tree } from './tree.ts';

export interface Registration {
  /** The file that holds the list. */
  readonly path: string;
  /** Name of the list, or of the object. */
  readonly list: string;
  /** What the new file exports. */
  readonly identifier: string;
  readonly from: string;
  /** What stands in the list; the identifier unless stated. */
  readonly entry?: string;
}

/** The text without the list's entry: an import that nobody uses yet. */
export const withImport = (
  tree: Tree,
  { path, identifier, from }: Pick<Registration, 'path' | 'identifier' | 'from'>,
): string => {
  const text = tree.read(path);
  if (identifiersIn(text).has(identifier))
    return refuse(
      `${identifier} stands in ${path} already; choose another name, or add to that one by hand (docs/adding.md)`,
    );
  return addImport(text, `import { ${identifier} } from '${from}';`);
};

export const register = (tree: Tree, registration: Registration): FileText => {
  const { path, list, identifier, entry = identifier } = registration;
  const text = addEntry(withImport(tree, registration), list, entry);
  return { path, text: text ?? refuse(`${path} has no list ${list} that could be added to`) };
};
