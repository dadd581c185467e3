// `new check`: a health check of three probes, and a test that judges by hand.
import { firstDatabase, routedSeverity, someRole } from '../config.ts';
import { fileName } from '../names.ts';
import { listInPack } from '../pack-list.ts';
import { checkTest, checkText } from '../templates/check.ts';
import { choosePack } from '../tree.ts';
import { type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = choosePack(tree, textOption(wanted, 'pack'));
  const draft = {
    pack,
    name,
    database: firstDatabase(tree, pack),
    role: someRole(tree),
    severity: routedSeverity(tree, pack),
  };
  const file = fileName(name);
  const path = `packs/${pack}/checks/${file}.ts`;
  const test = `test/packs/${pack}/${file}.test.ts`;
  const listed = { pack, kind: 'checks', words: 'health check', type: 'HealthCheckDefinition', name };
  const { created, edited } = listInPack(tree, listed);
  return {
    created: [{ path, text: checkText(draft) }, ...created, { path: test, text: checkTest(draft) }],
    edited,
    next: [
      `${path}: what must be there, and how soon; the same in ${test}`,
      `npm test -- ${test}`,
      `npx sexton apply, then npx sexton health ${name}, while \`npm start\` serves`,
    ],
  };
};

export const check: Kind = {
  kind: 'check',
  summary: 'a health check, with its test and its line in checks/index.ts',
  options: [PACK_OPTION],
  plan,
};
