// Full titles of the tests in a file, as the runner would print them, read without running anything: with the titles
// around them, and those of a table or a loop once a row.
import ts from 'typescript';
import { bind, fieldOf, meant, type Names, rowsOf, textOf } from './words.ts';

/** A place that makes tests, and their titles: one, or one a row. */
export interface TestPlace {
  readonly file: string;
  readonly line: number;
  readonly titles: readonly string[];
}

interface Around {
  readonly names: Names;
  /** Titles of the groups around, outermost first. */
  readonly above: string;
}

interface Stated {
  readonly isGroup: boolean;
  readonly title: ts.Expression;
  readonly body: ts.Expression | undefined;
  readonly table: ts.Expression | undefined;
}

/** Never run, so they prove nothing. */
const UNRUN = new Set(['skip', 'todo']);
const OVER_A_TABLE = new Set(['each', 'for']);
const TAKES_A_CONDITION = new Set(['skipIf', 'runIf']);

/** `it`, `test` or `describe` with its title, however it is called; `unrun` where it never runs. */
const statedBy = (call: ts.CallExpression): Stated | 'unrun' | undefined => {
  const [title] = call.arguments;
  let callee: ts.Expression = call.expression;
  // why: `it.each(rows)` is a call too, but the test is the call of what it returns.
  if (ts.isPropertyAccessExpression(callee))
    if (OVER_A_TABLE.has(callee.name.text) || TAKES_A_CONDITION.has(callee.name.text)) return undefined;
  let table: ts.Expression | undefined;
  while (!ts.isIdentifier(callee)) {
    if (ts.isPropertyAccessExpression(callee)) {
      if (UNRUN.has(callee.name.text)) return 'unrun';
      callee = callee.expression;
    } else if (ts.isCallExpression(callee)) {
      const how = callee.expression;
      if (ts.isPropertyAccessExpression(how) && OVER_A_TABLE.has(how.name.text)) table = callee.arguments[0];
      callee = how;
    } else return undefined;
  }
  if (!title || !['it', 'test', 'describe'].includes(callee.text)) return undefined;
  const body = call.arguments.find((each) => ts.isArrowFunction(each) || ts.isFunctionExpression(each));
  return { isGroup: callee.text === 'describe', title, body, table };
};

/** As the runner fills titles in: `%s` and its like in turn, `$name` by field. */
const filledIn = (title: string, row: ts.Expression, names: Names): string => {
  const own = meant(row, names);
  const values = ts.isArrayLiteralExpression(own) ? [...own.elements] : [own];
  return title
    .replaceAll(/%([sdifjoOc#%])/g, (whole, kind: string) => {
      if (kind === '%') return '%';
      const value = kind === '#' ? undefined : values.shift();
      return value ? textOf(value, names) : whole;
    })
    .replaceAll(/\$(\w+)/g, (whole, name: string) => {
      const value = fieldOf(own, name);
      return value ? textOf(value, names) : whole;
    });
};

const titlesOf = ({ title, table }: Stated, { names, above }: Around): readonly string[] => {
  const own = textOf(title, names);
  const rows = table && rowsOf(table, names);
  return (rows ? rows.map((row) => filledIn(own, row, names)) : [own]).map((each) =>
    above ? `${above} > ${each}` : each,
  );
};

/** The body again for each of its titles. */
const inGroup = (stated: Stated, around: Around): readonly Around[] =>
  titlesOf(stated, around).map((above) => ({ ...around, above }));

export const testsIn = (file: string, text: string): readonly TestPlace[] => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<number, Set<string>>();
  const visitAll = (node: ts.Node, around: Around): void => {
    let { names } = around;
    const constants = ts.isBlock(node) || ts.isSourceFile(node) ? node.statements : [];
    for (const statement of constants)
      if (ts.isVariableStatement(statement))
        for (const { name, initializer } of statement.declarationList.declarations)
          if (initializer && ts.isIdentifier(name)) names = bind(name, initializer, names);
    ts.forEachChild(node, (child) => visit(child, { ...around, names }));
  };
  const visit = (node: ts.Node, around: Around): void => {
    if (ts.isForOfStatement(node) && ts.isVariableDeclarationList(node.initializer)) {
      const [declared] = node.initializer.declarations;
      const rows = rowsOf(node.expression, around.names);
      if (declared && rows) {
        for (const row of rows) {
          const names = bind(declared.name, row, around.names);
          visitAll(node.statement, { ...around, names });
        }
        return;
      }
    }
    const stated = ts.isCallExpression(node) ? statedBy(node) : undefined;
    if (stated === 'unrun') return;
    if (stated?.isGroup && stated.body) {
      for (const each of inGroup(stated, around)) visitAll(stated.body, each);
    } else if (stated) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const titles = found.get(line) ?? new Set();
      for (const title of titlesOf(stated, around)) titles.add(title);
      found.set(line, titles);
    } else visitAll(node, around);
  };
  visit(source, { names: new Map(), above: '' });
  return [...found].map(([line, titles]) => ({ file, line, titles: [...titles] }));
};
