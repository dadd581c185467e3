// Names that somebody may have meant.

/** Changes of single characters between two words. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};

/** At most three of `names`, closest first: a third of the letters may differ, or one holds the other. */
export const closeMatches = (wanted: string, names: readonly string[]): readonly string[] =>
  [...new Set(names)]
    .map((name) => ({
      name,
      far: distance(wanted, name),
      holds: name.includes(wanted) || wanted.includes(name),
    }))
    .filter(({ name, far, holds }) => holds || far <= Math.ceil(name.length / 3))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ name }) => name);
