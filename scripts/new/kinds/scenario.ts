// `new scenario`: rows for one job's table, so many of them old enough, and a test that the job sees the same.
import { fileName, identifier } from '../names.ts';
import { chooseJob, packWithJobs } from '../pack-jobs.ts';
import { refuse } from '../refused.ts';
import { register } from '../registry.ts';
import { packTables, qualified } from '../sql-tables.ts';
import { scenarioTest, scenarioText } from '../templates/scenario.ts';
import { type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = packWithJobs(tree, textOption(wanted, 'pack'));
  const job = chooseJob(tree, pack, textOption(wanted, 'job'));
  const table = packTables(tree, pack).find((each) => each.name === qualified(job.table));
  if (!table) return refuse(`no migration of pack ${pack} makes ${job.table}; write the scenario by hand`);
  const draft = { pack, name, job, table };
  const file = fileName(name);
  const path = `packs/${pack}/seed/${file}.ts`;
  const index = `packs/${pack}/seed/index.ts`;
  const test = `test/packs/${pack}/seed-${file}.test.ts`;
  const short = identifier(name);
  const entry = short === name ? short : `${/^\w+$/.test(name) ? name : `'${name}'`}: ${short}`;
  return {
    created: [
      { path, text: scenarioText(draft) },
      { path: test, text: scenarioTest(draft) },
    ],
    edited: [
      register(tree, { path: index, list: 'scenarios', identifier: short, from: `./${file}.ts`, entry }),
    ],
    next: [
      `${path}: rows as they are in real life`,
      `npm test -- ${test}`,
      name === 'base'
        ? 'npm start fills the tables with it'
        : `npx sexton seed --pack ${pack} --scenario ${name}`,
    ],
  };
};

export const scenario: Kind = {
  kind: 'scenario',
  summary: 'seed data for the table of a job, with its test and its line in seed/index.ts',
  options: [
    PACK_OPTION,
    {
      flags: '--job <name>',
      description: 'whose table it fills; not needed where the pack has one job only',
    },
  ],
  plan,
};
