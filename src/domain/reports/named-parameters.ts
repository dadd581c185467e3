// Finds `:name` in a statement: not in texts, quoted names or comments, and not the second colon of a cast. What stands
// in its place is the caller's business.

// why: everything that may hold a colon and is none of ours comes first, so that it is passed over whole.
const PIECES =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|::|:([a-z][a-z0-9_]*)/g;

/** The statement with each `:name` replaced by what is given for it. */
export const replaceNamed = (sql: string, put: (name: string) => string): string =>
  sql.replaceAll(PIECES, (piece: string, _tag: string | undefined, name: string | undefined) =>
    name === undefined ? piece : put(name),
  );

/** Every name in the statement, once, in the order of their first use. */
export const namedIn = (sql: string): readonly string[] => {
  const names = new Set<string>();
  replaceNamed(sql, (name) => {
    names.add(name);
    return name;
  });
  return [...names];
};
