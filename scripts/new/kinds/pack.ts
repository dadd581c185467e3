// `new pack`: a folder that loads, migrates and has nothing to do yet, and its line in sexton.config.ts.
import { CONFIG_FILE } from '../config.ts';
import { fileName, identifier } from '../names.ts';
import { refuse } from '../refused.ts';
import { register } from '../registry.ts';
import { packFiles } from '../templates/pack.ts';
import type { Kind, Plan, Wanted } from './kind.ts';

const plan = ({ tree, name }: Wanted): Plan => {
  if (/^pg[-_]/.test(name)) refuse(`the name ${name} would need a schema that Postgres keeps for itself`);
  const folder = `packs/${fileName(name)}`;
  if (fileName(name) !== name) refuse(`the name of a pack is that of its folder: ${fileName(name)}`);
  if (tree.has(folder)) refuse(`${folder} is there already`);
  const from = `./${folder}/pack.ts`;
  return {
    created: packFiles(name).map(({ path, text }) => ({ path: `${folder}/${path}`, text })),
    edited: [register(tree, { path: CONFIG_FILE, list: 'packs', identifier: identifier(name), from })],
    next: [
      `${folder}/pack.ts: its summary`,
      `npm run new job NAME -- --pack ${name}`,
      `npm run new policy NAME -- --pack ${name}, or all of its alerts go to the log only`,
      `npm run new scenario base -- --pack ${name}, and \`npm start\` fills its tables`,
    ],
  };
};

export const pack: Kind = {
  kind: 'pack',
  summary: 'a pack without jobs, and its line in sexton.config.ts',
  options: [],
  plan,
};
