// What differs between declared and found, as data, and the steps that make it so.

/** One value of something that is there, but differs. */
export interface Change {
  /** Where the value stands, dotted; as short as a person can still tell it. */
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** One thing that `apply` would do. */
export interface Difference {
  readonly action: 'run' | 'add' | 'create' | 'update' | 'delete';
  readonly kind: 'migration' | 'search attribute' | 'schedule';
  readonly name: string;
  /** What it is done to, or why. */
  readonly note?: string;
  readonly changes?: readonly Change[];
}

/** Differences that are resolved together, and how. */
export interface Step {
  readonly differences: readonly Difference[];
  readonly apply: () => Promise<void>;
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Lists of plain values are compared whole: `minute 10 → 15` tells more than `minute.0 10 → 15`. */
const isLeaf = (value: unknown): boolean =>
  !isTree(value) || (Array.isArray(value) && !value.some((each) => isTree(each)));

const same = (a: unknown, b: unknown): boolean =>
  a === b || (isTree(a) && isTree(b) && JSON.stringify(a) === JSON.stringify(b));

/** Each leaf in which two plain values differ, in the order of the second. */
export const changesBetween = (from: unknown, to: unknown, path = ''): readonly Change[] => {
  if (isLeaf(from) || isLeaf(to) || !isTree(from) || !isTree(to))
    return same(from, to) ? [] : [{ path, from, to }];
  const keys = [...new Set([...Object.keys(to), ...Object.keys(from)])];
  return keys.flatMap((key) =>
    changesBetween(Reflect.get(from, key), Reflect.get(to, key), path === '' ? key : `${path}.${key}`),
  );
};
