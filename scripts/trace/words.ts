// What an expression of a test file says before anything runs: texts, tables, and the names that are bound to them.
import ts from 'typescript';

/** What names of a file stand for; a loop's names stand for something else in each round. */
export type Names = ReadonlyMap<string, ts.Expression>;

const isWrapper = (
  node: ts.Expression,
): node is ts.AsExpression | ts.SatisfiesExpression | ts.ParenthesizedExpression =>
  ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node);

/** The expression itself, without `as const` and the like, and what a name stands for. */
export const meant = (node: ts.Expression, names: Names): ts.Expression => {
  if (isWrapper(node)) return meant(node.expression, names);
  const named = ts.isIdentifier(node) ? names.get(node.text) : undefined;
  return named === undefined || named === node ? node : meant(named, names);
};

/** The text; of what only running it would tell, its source. */
export const textOf = (node: ts.Expression, names: Names): string => {
  const own = meant(node, names);
  if (ts.isStringLiteralLike(own) || ts.isNumericLiteral(own)) return own.text;
  if (ts.isTemplateExpression(own))
    return [
      own.head.text,
      ...own.templateSpans.map(({ expression, literal }) => textOf(expression, names) + literal.text),
    ].join('');
  if (ts.isBinaryExpression(own) && own.operatorToken.kind === ts.SyntaxKind.PlusToken)
    return textOf(own.left, names) + textOf(own.right, names);
  if (ts.isPropertyAccessExpression(own)) {
    const found = fieldOf(meant(own.expression, names), own.name.text);
    if (found) return textOf(found, names);
  }
  return own.getText();
};

/** What stands under a name in an object that is written out. */
export const fieldOf = (node: ts.Expression, name: string): ts.Expression | undefined => {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  for (const property of node.properties)
    if (ts.isPropertyAssignment(property) && property.name.getText().replaceAll("'", '') === name)
      return property.initializer;
  return undefined;
};

/** The elements of a table that is written out, or undefined. */
export const rowsOf = (node: ts.Expression, names: Names): readonly ts.Expression[] | undefined => {
  const own = meant(node, names);
  if (!ts.isArrayLiteralExpression(own)) return undefined;
  return own.elements.flatMap((element) =>
    ts.isSpreadElement(element) ? (rowsOf(element.expression, names) ?? []) : [meant(element, names)],
  );
};

/** The names that `const [promise, { id }] = value` binds, besides those that are known. */
export const bind = (pattern: ts.BindingName, value: ts.Expression, names: Names): Names => {
  if (ts.isIdentifier(pattern)) return new Map([...names, [pattern.text, value]]);
  const own = meant(value, names);
  const elements: readonly ts.ArrayBindingElement[] = pattern.elements;
  return elements.reduce((known: Names, element, index) => {
    if (ts.isOmittedExpression(element) || element.dotDotDotToken) return known;
    const part = ts.isObjectBindingPattern(pattern)
      ? fieldOf(own, (element.propertyName ?? element.name).getText())
      : ts.isArrayLiteralExpression(own)
        ? own.elements[index]
        : undefined;
    return part ? bind(element.name, part, known) : known;
  }, names);
};
