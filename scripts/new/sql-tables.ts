// What a pack's migrations say of its tables: enough to write a job on one of them, and rows for its test.
// Reads `CREATE TABLE` and `CREATE INDEX` as people write them; what is built otherwise it does not see.
import type { Tree } from './tree.ts';

export interface Column {
  readonly name: string;
  /** As written, in lower case: `timestamptz`, `numeric(10,2)`. */
  readonly type: string;
  /** Must be stated by whoever inserts a row. */
  readonly required: boolean;
}

export interface SqlTable {
  /** With its schema: `public.sessions`. */
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /** Columns that an index of the table begins with. */
  readonly indexed: readonly string[];
}

const unquoted = (text: string): string => text.replaceAll('"', '');

/** `sessions` → `public.sessions`. */
export const qualified = (table: string): string => (table.includes('.') ? table : `public.${table}`);

/** The text between the bracket at `from` and its partner. */
const bracketed = (sql: string, from: number): string => {
  let depth = 0;
  for (let at = from; at < sql.length; at += 1) {
    if (sql[at] === '(') depth += 1;
    if (sql[at] === ')') depth -= 1;
    if (depth === 0) return sql.slice(from + 1, at);
  }
  return '';
};

/** Parts between the commas that are in no bracket. */
const parts = (text: string): readonly string[] => {
  const found = [''];
  let depth = 0;
  for (const sign of text) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (sign === ',' && depth === 0) found.push('');
    else found.push(`${found.pop() ?? ''}${sign}`);
  }
  return found.map((part) => part.replace(/\s+/g, ' ').trim()).filter((part) => part !== '');
};

const CONSTRAINT = /^(primary key|unique|constraint|check|foreign key|exclude|like)\b/i;
const COLUMN = /^("[^"]+"|\w+) (.*)$/;
const TYPE_END =
  / (not null|null|default|primary|generated|references|check|unique|constraint|collate)\b.*$/i;

const columnOf = (part: string): Column | undefined => {
  const [, name, rest] = COLUMN.exec(part) ?? [];
  if (CONSTRAINT.test(part) || name === undefined || rest === undefined) return undefined;
  const filled = /\b(default|generated|serial|bigserial|smallserial)\b/i.test(rest);
  const demanded = /\b(not null|primary key)\b/i.test(rest);
  return {
    name: unquoted(name),
    type: ` ${rest}`.replace(TYPE_END, '').trim().toLowerCase(),
    required: demanded && !filled,
  };
};

const keyOf = (all: readonly string[]): readonly string[] => {
  const whole = all.map((part) => /^(?:constraint \S+ )?primary key \(([^)]*)\)/i.exec(part)?.[1]);
  const named = whole.find((columns) => columns !== undefined);
  if (named !== undefined) return named.split(',').map((column) => unquoted(column.trim()));
  return all.flatMap((part) => {
    const column = columnOf(part);
    return column && /\bprimary key\b/i.test(part) ? [column.name] : [];
  });
};

const INDEX =
  /create\s+(?:unique\s+)?index\b[^;]*?\bon\s+(?:only\s+)?([\w".]+)\s*(?:using\s+btree\s*)?\(\s*("[^"]+"|\w+)/gi;
const TABLE = /create\s+table\s+(?:if\s+not\s+exists\s+)?([\w".]+)\s*\(/gi;

/** The tables that these statements make. */
export const tablesIn = (statements: string): readonly SqlTable[] => {
  const sql = statements.replace(/--.*$/gm, '').replace(/\/\*[\s\S]*?\*\//g, '');
  const indexes = [...sql.matchAll(INDEX)].map(([, table = '', column = '']) => ({
    table: qualified(unquoted(table)),
    column: unquoted(column),
  }));
  return [...sql.matchAll(TABLE)].map((match) => {
    const name = qualified(unquoted(match[1] ?? ''));
    const all = parts(bracketed(sql, match.index + match[0].length - 1));
    const key = keyOf(all);
    const columns = all.flatMap((part) => columnOf(part) ?? []);
    return {
      name,
      // A column of the key is never null, wherever the key is declared.
      columns,
      key,
      indexed: [
        ...key.slice(0, 1),
        ...indexes.filter(({ table }) => table === name).map(({ column }) => column),
      ],
    };
  });
};

/** Every table that the pack's migrations make. */
export const packTables = (tree: Tree, pack: string): readonly SqlTable[] => {
  const folder = `packs/${pack}/migrations`;
  const files = tree.list(folder).filter((file) => file.endsWith('.sql'));
  return tablesIn(files.map((file) => tree.read(`${folder}/${file}`)).join('\n'));
};

const EXAMPLES: readonly (readonly [RegExp, string])[] = [
  [/^(text|varchar|character|char|citext)/, "'example-' || n"],
  [/^uuid$/, 'md5(n::text)::uuid'],
  [/^(smallint|int|integer|bigint|numeric|decimal|real|double)/, 'n'],
  [/^bool/, 'false'],
  [/^jsonb?$/, "'{}'"],
  [/^(timestamp|date)/, 'sexton.now()'],
  [/^interval$/, "interval '1 minute'"],
  [/^bytea$/, "'\\x00'"],
];

/** A value in SQL for a column that must have one, from the row's number `n`; undefined for a type unheard of. */
export const exampleOf = ({ type }: Column): string | undefined =>
  EXAMPLES.find(([pattern]) => pattern.test(type))?.[1];
