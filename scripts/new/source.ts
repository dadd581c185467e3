// Reads and mends TypeScript as a syntax tree, so that a line is added where it belongs and the rest stays as it was.
// Nothing is formatted here: write.ts leaves that to Biome.
import ts from 'typescript';

const parse = (text: string): ts.SourceFile =>
  ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true);

const nodes = (node: ts.Node): readonly ts.Node[] => [node, ...node.getChildren().flatMap(nodes)];

const splice = (text: string, at: number, inserted: string): string =>
  `${text.slice(0, at)}${inserted}${text.slice(at)}`;

/** What lies behind a function's arrow, brackets and type assertions. */
const inner = (node: ts.Expression | ts.ConciseBody): ts.Node => {
  if (ts.isArrowFunction(node)) return inner(node.body);
  const wrapped =
    ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isSatisfiesExpression(node);
  return wrapped ? inner(node.expression) : node;
};

const nameOf = (node: ts.VariableDeclaration | ts.PropertyAssignment): string =>
  ts.isStringLiteral(node.name) ? node.name.text : node.name.getText();

/** The value of the first constant or property of that name. */
const valueOf = (text: string, name: string): ts.Expression | undefined => {
  for (const node of nodes(parse(text))) {
    if (!ts.isVariableDeclaration(node) && !ts.isPropertyAssignment(node)) continue;
    if (nameOf(node) === name) return node.initializer;
  }
  return undefined;
};

export interface Imported {
  readonly from: string;
  readonly names: readonly string[];
  /** As written, to be written again in a file of the same folder. */
  readonly text: string;
}

/** The imports of a file, in their order. */
export const importsOf = (text: string): readonly Imported[] =>
  parse(text)
    .statements.filter(ts.isImportDeclaration)
    .map((node) => {
      const bindings = node.importClause?.namedBindings;
      const names =
        bindings && ts.isNamedImports(bindings) ? bindings.elements.map((each) => each.name.text) : [];
      const from = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
      return { from, names, text: node.getText() };
    });

/** Every identifier in a piece of code. */
export const identifiersIn = (text: string): ReadonlySet<string> =>
  new Set(
    nodes(parse(text))
      .filter(ts.isIdentifier)
      .map((node) => node.text),
  );

/** The parameters of a constant that is an arrow function, as written; undefined where it is a plain value. */
export const parametersOf = (text: string, name: string): string | undefined => {
  const value = valueOf(text, name);
  if (!value || !ts.isArrowFunction(value) || value.parameters.length === 0) return undefined;
  return value.parameters.map((each) => each.getText()).join(', ');
};

/** The first constant or property of that name, as written. */
export const codeOf = (text: string, name: string): string | undefined => valueOf(text, name)?.getText();

/** The properties of the first object under a name, as written; undefined where there is none. */
export const propertiesOf = (text: string, name: string): Readonly<Record<string, string>> | undefined => {
  const value = valueOf(text, name);
  const object = value && inner(value);
  return object && ts.isObjectLiteralExpression(object) ? readProperties(object) : undefined;
};

const readProperties = (object: ts.ObjectLiteralExpression): Readonly<Record<string, string>> =>
  Object.fromEntries(
    object.properties.flatMap((each) => {
      if (ts.isPropertyAssignment(each)) return [[nameOf(each), each.initializer.getText()]];
      return ts.isShorthandPropertyAssignment(each) ? [[each.name.text, each.name.text]] : [];
    }),
  );

/** The properties of the first object that a function is called with, as written. */
export const argumentOf = (text: string, callee: string): Readonly<Record<string, string>> | undefined => {
  for (const node of nodes(parse(text))) {
    if (!ts.isCallExpression(node) || node.expression.getText() !== callee) continue;
    const [first] = node.arguments;
    if (first && ts.isObjectLiteralExpression(first)) return readProperties(first);
  }
  return undefined;
};

/** The text of a plain string literal. */
export const literal = (code: string | undefined): string | undefined => {
  const [statement] = parse(code ?? '').statements;
  const isText =
    statement && ts.isExpressionStatement(statement) && ts.isStringLiteralLike(statement.expression);
  return isText ? statement.expression.text : undefined;
};

/** With one import more, below the comment that opens the file. */
export const addImport = (text: string, line: string): string => {
  const [first] = parse(text).statements;
  return splice(text, first?.getStart() ?? text.length, `${line}\n`);
};

const isSorted = (texts: readonly string[]): boolean =>
  texts.every((each, index) => index === 0 || (texts[index - 1] ?? '') <= each);

const insertAmong = (
  text: string,
  list: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression,
  entry: string,
): string => {
  const members: readonly ts.Node[] = ts.isArrayLiteralExpression(list) ? list.elements : list.properties;
  const texts = members.map((each) => each.getText());
  const after = isSorted(texts) ? members.find((each) => each.getText() > entry) : undefined;
  if (after) return splice(text, after.getStart(), `${entry}, `);
  const last = members.at(-1);
  return last ? splice(text, last.getEnd(), `, ${entry}`) : splice(text, list.getStart() + 1, entry);
};

/** With one entry more in a list or an object: in order where they are in order, else last. Undefined without one. */
export const addEntry = (text: string, name: string, entry: string): string | undefined => {
  const value = valueOf(text, name);
  const list = value && inner(value);
  if (!list || !(ts.isArrayLiteralExpression(list) || ts.isObjectLiteralExpression(list))) return undefined;
  return insertAmong(text, list, entry);
};

/** With one property more, last, in the object that a function is called with. Undefined where it is not called so. */
export const addProperty = (text: string, callee: string, property: string): string | undefined => {
  for (const node of nodes(parse(text))) {
    if (!ts.isCallExpression(node) || node.expression.getText() !== callee) continue;
    const [first] = node.arguments;
    if (!first || !ts.isObjectLiteralExpression(first)) continue;
    const last = first.properties.at(-1);
    return last ? splice(text, last.getEnd(), `, ${property}`) : splice(text, first.getStart() + 1, property);
  }
  return undefined;
};

/** With another value for a property of an object. */
export const replaceProperty = (
  text: string,
  { object, key, value }: { readonly object: string; readonly key: string; readonly value: string },
): string | undefined => {
  const found = valueOf(text, object);
  const literalObject = found && inner(found);
  if (!literalObject || !ts.isObjectLiteralExpression(literalObject)) return undefined;
  for (const each of literalObject.properties) {
    if (!ts.isPropertyAssignment(each) || nameOf(each) !== key) continue;
    const { initializer } = each;
    return `${text.slice(0, initializer.getStart())}${value}${text.slice(initializer.getEnd())}`;
  }
  return undefined;
};

/** With one statement more behind the last call of a function whose name begins so. */
export const addCallAfter = (text: string, prefix: string, statement: string): string | undefined => {
  const calls = nodes(parse(text)).filter(
    (node) =>
      ts.isExpressionStatement(node) &&
      ts.isCallExpression(node.expression) &&
      node.expression.expression.getText().startsWith(prefix),
  );
  const last = calls.at(-1);
  return last && splice(text, last.getEnd(), `\n${statement}`);
};

/** What the parser says against a text; empty where it is sound. */
export const syntaxFaults = (text: string): readonly string[] =>
  (ts.transpileModule(text, { reportDiagnostics: true }).diagnostics ?? []).map(({ messageText }) =>
    ts.flattenDiagnosticMessageText(messageText, ' '),
  );

/** Imported names that the file itself declares once more. */
export const doubledNames = (text: string): readonly string[] => {
  const imported = new Set(importsOf(text).flatMap(({ names }) => names));
  return nodes(parse(text))
    .filter(ts.isVariableDeclaration)
    .map(({ name }) => name.getText())
    .filter((name) => imported.has(name));
};
