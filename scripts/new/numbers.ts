// Files that are numbered in their folder: migrations and decisions.
import type { Tree } from './tree.ts';

/** The number after the highest, with as many digits as wanted: `003`. */
export const nextNumber = (tree: Tree, folder: string, digits: number): string => {
  const numbers = tree.list(folder).map((file) => Number(/^(\d+)[_-]/.exec(file)?.[1] ?? 0));
  return String(Math.max(0, ...numbers) + 1).padStart(digits, '0');
};
