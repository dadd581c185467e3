// `new monitor`: a measure, a rule that judges it and a test that judges by hand. The pack's first monitor brings the list
// and its place in pack.ts.
import { firstDatabase, routedSeverity, someRole } from '../config.ts';
import { fileName } from '../names.ts';
import { listInPack } from '../pack-list.ts';
import { type MonitorDraft, monitorTest, monitorText } from '../templates/monitor.ts';
import { choosePack } from '../tree.ts';
import { type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

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
  const listed = { pack, kind: 'monitors', words: 'monitor', type: 'MonitorDefinition', name };
  const { created, edited } = listInPack(tree, listed);
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
