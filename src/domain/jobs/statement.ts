// What a pack's SQL statement begins with, which says what may be asked about it before it runs.

const COMMENTS = /^(\s|--[^\n]*(\n|$)|\/\*[\s\S]*?\*\/)*/;

/** The first word, in lower case; empty where there is none. */
export const verbOf = (sql: string): string =>
  /^[a-z]+/.exec(sql.replace(COMMENTS, '').toLowerCase())?.[0] ?? '';

/** The planner can be asked about it without running it. */
export const isPlanned = (sql: string): boolean =>
  /^(select|insert|update|delete|merge|with|values)$/.test(verbOf(sql));

/** It would end the transaction that counts the work, or outlive it in the connection. */
export const isControl = (sql: string): boolean =>
  /^(begin|start|commit|end|rollback|abort|savepoint|release|prepare|deallocate|execute|set|reset|discard|listen|copy)$/.test(
    verbOf(sql),
  );
