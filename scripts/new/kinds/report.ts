// `new report`: a question with a parameter and a limit, and a test that asks it on rows of its own.
import { firstTarget } from '../config.ts';
import { fileName } from '../names.ts';
import { listInPack } from '../pack-list.ts';
import { reportTest, reportText } from '../templates/report.ts';
import { choosePack } from '../tree.ts';
import { type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = choosePack(tree, textOption(wanted, 'pack'));
  const draft = { pack, name, database: firstTarget(tree, pack) };
  const file = fileName(name);
  const path = `packs/${pack}/reports/${file}.ts`;
  const test = `test/packs/${pack}/${file}.test.ts`;
  const listed = { pack, kind: 'reports', words: 'report', type: 'ReportDefinition', name };
  const { created, edited } = listInPack(tree, listed);
  return {
    created: [{ path, text: reportText(draft) }, ...created, { path: test, text: reportTest(draft) }],
    edited,
    next: [
      `${path}: what is asked, and its columns`,
      `${test}: a worked example on rows`,
      `npm test -- ${test}`,
      `npx sexton report ${name}, and --sql`,
    ],
  };
};

export const report: Kind = {
  kind: 'report',
  summary: 'a named question to a database, with its test and its line in reports/index.ts',
  options: [PACK_OPTION],
  plan,
};
