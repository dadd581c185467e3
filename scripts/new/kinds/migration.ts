// `new migration`: the next number in a pack's folder, or in the engine's own for home or target databases.
import { fileName } from '../names.ts';
import { nextNumber } from '../numbers.ts';
import { refuse } from '../refused.ts';
import { tableMigration } from '../templates/migration.ts';
import { choosePack } from '../tree.ts';
import { type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

const ENGINE = 'src/adapters/postgres/migrations';

/** The folder, and the schema that its tables belong to. */
const place = (wanted: Wanted): { readonly folder: string; readonly schema: string } => {
  const engine = textOption(wanted, 'engine');
  const pack = textOption(wanted, 'pack');
  if (engine === undefined)
    return { folder: `packs/${choosePack(wanted.tree, pack)}/migrations`, schema: 'public' };
  if (pack !== undefined) refuse('a migration belongs to a pack or to the engine: --pack or --engine');
  if (engine !== 'home' && engine !== 'target') refuse('--engine must be home or target');
  return { folder: `${ENGINE}/${engine}`, schema: 'sexton' };
};

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const { folder, schema } = place(wanted);
  if (tree.list(folder).length === 0) refuse(`${folder} is not there`);
  const word = fileName(name).replaceAll('-', '_');
  const path = `${folder}/${nextNumber(tree, folder, 3)}_${word}.sql`;
  const text = tableMigration({
    table: `${schema}.${word}`,
    column: 'created_at',
    why: 'A table as an example: put what you need in its place. It has a time of its own',
  });
  return {
    created: [{ path, text }],
    edited: [],
    next: [
      `${path}: what it really does, and why; a file that has run anywhere is never edited`,
      'npm test -- test/packs/registries.test.ts test/adapters/clock.test.ts, and a test of what needs it',
      'npx sexton plan shows it, npx sexton apply runs it',
    ],
  };
};

export const migration: Kind = {
  kind: 'migration',
  summary: 'the next migration of a pack or, with --engine, of the home or target databases',
  options: [
    PACK_OPTION,
    { flags: '--engine <which>', description: 'home or target: the engine’s own tables' },
  ],
  plan,
};
