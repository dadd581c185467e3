// Names that somebody may have meant, and how they are told.

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

/** More than anybody reads in an error. */
const MOST_NAMED = 12;

/** What to say of a name that is none of `names`; `shown` says all of them more fully. */
export const nameHint = (
  wanted: string,
  names: readonly string[],
  shown: readonly string[] = names,
): { readonly near: readonly string[]; readonly words: string } => {
  const near = closeMatches(wanted, names);
  if (near.length > 0) return { near, words: `did you mean ${near.join(' or ')}?` };
  const left = shown.length - MOST_NAMED;
  const more = left > 0 ? ` and ${left} more` : '';
  return { near, words: `there are: ${shown.slice(0, MOST_NAMED).join(', ') || 'none'}${more}` };
};
