// What went wrong in one short line, fit to be stored and told: without what addresses keep secret.

const MOST_CHARACTERS = 300;

/** At most so many characters. */
export const plainWords = (error: unknown, most = MOST_CHARACTERS): string => {
  // What several addresses of one name refused says so only inside.
  const [first] = error instanceof AggregateError && error.errors.length > 0 ? error.errors : [error];
  const words = first instanceof Error ? first.message : String(first);
  return words
    .replaceAll(/:\/\/[^\s/@]*@/g, '://…@')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, most);
};
