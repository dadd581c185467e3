// `new monitor`: a measure, a rule that judges it and a test that judges by hand. The pack's first monitor brings the list
// and its place in pack.ts.
import { SEVERITIES } from '../../../src/domain/alerts/severity.ts';
import { firstDatabase, someRole } from '../config.ts';
import { fileName, identifier } from '../names.ts';
import { refuse } from '../refused.ts';
import { register } from '../registry.ts';
import { addEntry, addImport, propertiesOf } from '../source.ts';
import { type MonitorDraft, monitorsIndex, monitorTest, monitorText } from '../templates/monitor.ts';
import { choosePack, type Tree } from '../tree.ts';
import { type FileText, type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

/** Warning, else the mildest that leads anywhere; without routes everything leads to the log. */
const routedSeverity = (tree: Tree, pack: string): string => {
  const path = `packs/${pack}/policies/index.ts`;
  const routes = tree.has(path) ? propertiesOf(tree.read(path), 'routes') : undefined;
  const led = SEVERITIES.filter((severity) => routes === undefined || routes[severity] !== undefined);
  const chosen = led.find((severity) => severity === 'warning') ?? led[0];
  return chosen ?? refuse(`${path} routes no severity, so the rule would reach nobody`);
};

interface Listed {
  readonly created: readonly FileText[];
  readonly edited: readonly FileText[];
}

const listed = (tree: Tree, pack: string, name: string): Listed => {
  const path = `packs/${pack}/monitors/index.ts`;
  const from = `./${fileName(name)}.ts`;
  if (tree.has(path))
    return {
      created: [],
      edited: [register(tree, { path, list: 'monitors', identifier: identifier(name), from })],
    };
  const declared = `packs/${pack}/pack.ts`;
  const text = addEntry(
    addImport(tree.read(declared), `import { monitors } from './monitors/index.ts';`),
    'build',
    'monitors',
  );
  return {
    created: [{ path, text: monitorsIndex(name, from) }],
    edited: [
      { path: declared, text: text ?? refuse(`${declared} has no build that monitors could be added to`) },
    ],
  };
};

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = choosePack(tree, textOption(wanted, 'pack'));
  const draft: MonitorDraft = {
    pack,
    name,
    database: firstDatabase(tree, pack),
    role: someRole(tree),
    severity: routedSeverity(tree, pack),
  };
  const file = fileName(name);
  const path = `packs/${pack}/monitors/${file}.ts`;
  const test = `test/packs/${pack}/${file}.test.ts`;
  const { created, edited } = listed(tree, pack, name);
  return {
    created: [{ path, text: monitorText(draft) }, ...created, { path: test, text: monitorTest(draft) }],
    edited,
    next: [
      `${path}: what is measured, and the limits of its rule; the same in ${test}`,
      `npm test -- ${test}`,
      `npx sexton rules ${name}, and \`npx sexton run ${name}\` while \`npm start\` serves`,
    ],
  };
};

export const monitor: Kind = {
  kind: 'monitor',
  summary: 'a measure and a rule that judges it, with their test and their line in monitors/index.ts',
  options: [PACK_OPTION],
  plan,
};
