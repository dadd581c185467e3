// `new checklist`: two steps and a sign-off, and a test of their order.
import { someRole } from '../config.ts';
import { fileName } from '../names.ts';
import { listInPack } from '../pack-list.ts';
import { checklistTest, checklistText } from '../templates/checklist.ts';
import { choosePack } from '../tree.ts';
import { type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = choosePack(tree, textOption(wanted, 'pack'));
  const draft = { pack, name, role: someRole(tree) };
  const file = fileName(name);
  const path = `packs/${pack}/checklists/${file}.ts`;
  const test = `test/packs/${pack}/${file}.test.ts`;
  const listed = { pack, kind: 'checklists', words: 'checklist', type: 'ChecklistDefinition', name };
  const { created, edited } = listInPack(tree, listed);
  return {
    created: [{ path, text: checklistText(draft) }, ...created, { path: test, text: checklistTest(draft) }],
    edited,
    next: [
      `${path}: its steps, each as what is done by then; the same in ${test}`,
      `npm test -- ${test}`,
      `npx sexton checklist start ${name} while \`npm start\` serves`,
    ],
  };
};

export const checklist: Kind = {
  kind: 'checklist',
  summary: 'steps for people, with their test and their line in checklists/index.ts',
  options: [PACK_OPTION],
  plan,
};
