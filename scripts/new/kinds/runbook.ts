// `new runbook`: a page with every heading that an alert's page must have. A pack's first one brings the folder, and from
// then on every page that the pack names must be there.
import { fileName } from '../names.ts';
import { refuse } from '../refused.ts';
import { addProperty, argumentOf } from '../source.ts';
import { runbookTest, runbookText } from '../templates/runbook.ts';
import { choosePack, type Tree } from '../tree.ts';
import { type FileText, type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

const PROPERTY = `runbooks: new URL('./runbooks', import.meta.url)`;

/** pack.ts with the folder, unless it says so already. */
const declaring = (tree: Tree, pack: string): readonly FileText[] => {
  const path = `packs/${pack}/pack.ts`;
  const before = tree.read(path);
  if (argumentOf(before, 'definePack')?.['runbooks'] !== undefined) return [];
  const text = addProperty(before, 'definePack', PROPERTY);
  return [{ path, text: text ?? refuse(`${path} calls no definePack that runbooks could be added to`) }];
};

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = choosePack(tree, textOption(wanted, 'pack'));
  const file = fileName(name);
  const path = `packs/${pack}/runbooks/${file}.md`;
  const test = `test/packs/${pack}/runbook-${file}.test.ts`;
  const draft = { pack, name: file };
  return {
    created: [
      { path, text: runbookText(draft) },
      { path: test, text: runbookTest(draft) },
    ],
    edited: declaring(tree, pack),
    next: [
      `${path}: what somebody needs at night, each command in backquotes on one line`,
      `\`runbook: '${file}'\` in the band, rule or job that it is for`,
      `npm test -- ${test} test/packs/runbook-commands.test.ts`,
      `npx sexton runbook ${file}`,
    ],
  };
};

export const runbook: Kind = {
  kind: 'runbook',
  summary: 'the page that an alert points to, with its test',
  options: [PACK_OPTION],
  plan,
};
