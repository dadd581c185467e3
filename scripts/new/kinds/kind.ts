// What every kind of thing that `new` can write has in common. A later kind is one more file here and a line in index.ts.
import type { Tree } from '../tree.ts';

export interface KindOption {
  /** As commander writes it: `--pack <name>`. */
  readonly flags: string;
  readonly description: string;
}

/** What somebody asked for. */
export interface Wanted {
  readonly tree: Tree;
  /** Checked against the catalog's rule for names. */
  readonly name: string;
  /** By their long name: `--older-than` is `olderThan`. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** A file with the text that it will hold. */
export interface FileText {
  readonly path: string;
  readonly text: string;
}

export interface Plan {
  /** Files that must not be there yet. */
  readonly created: readonly FileText[];
  /** Files that are there, with a line more. */
  readonly edited: readonly FileText[];
  /** What is left to do, in order, in words. */
  readonly next: readonly string[];
}

export interface Kind {
  readonly kind: string;
  /** One line for the help. */
  readonly summary: string;
  readonly options: readonly KindOption[];
  /** Reads the tree, writes nothing; throws Refused. */
  readonly plan: (wanted: Wanted) => Plan;
}

export const PACK_OPTION: KindOption = {
  flags: '--pack <name>',
  description: 'the pack that it belongs to; not needed where there is one only',
};

/** A text option that was given. */
export const textOption = ({ options }: Pick<Wanted, 'options'>, key: string): string | undefined => {
  const value = options[key];
  return typeof value === 'string' ? value : undefined;
};
