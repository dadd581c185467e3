// `new command`: a command of the engine's own line, or with --pack one of a pack; registered and tested.
import { spawnSync } from 'node:child_process';
import { firstTarget } from '../config.ts';
import { fileName, typeName } from '../names.ts';
import { listInPack } from '../pack-list.ts';
import { refuse } from '../refused.ts';
import { withImport } from '../registry.ts';
import { addCallAfter } from '../source.ts';
import { commandTest, commandText } from '../templates/command.ts';
import { packCommandTest, packCommandText } from '../templates/pack-command.ts';
import { choosePack, type Tree } from '../tree.ts';
import { type Kind, type Plan, textOption, type Wanted } from './kind.ts';

const COMMANDS = 'src/client/commands';
const MAIN = 'src/client/main.ts';

/** One file may bring several commands. Where the word stands in one of them, the command line itself is asked. */
const isTaken = (tree: Tree, name: string): boolean => {
  const files = tree.list(COMMANDS).map((file) => tree.read(`${COMMANDS}/${file}`));
  if (!files.some((text) => text.includes(`'${name}'`))) return false;
  const { stdout } = spawnSync(process.execPath, ['bin/sexton.mjs', '--help'], {
    cwd: tree.root,
    encoding: 'utf8',
  });
  return stdout.split('\n').some((line) => line.startsWith(`  ${name} `) || line === `  ${name}`);
};

const planInPack = (tree: Tree, pack: string, name: string): Plan => {
  // As it is typed, and as its file is called.
  const file = fileName(name);
  const draft = { pack, name: file, database: firstTarget(tree, pack) };
  const path = `packs/${pack}/commands/${file}.ts`;
  const test = `test/packs/${pack}/${file}.test.ts`;
  const listed = { pack, kind: 'commands', words: 'command', type: 'PackCommand', name: file };
  const { created, edited } = listInPack(tree, listed);
  return {
    created: [
      { path, text: packCommandText(draft) },
      ...created,
      { path: test, text: packCommandTest(draft) },
    ],
    edited,
    next: [
      `${path}: what it does; \`audited: true\` where it changes something`,
      `${test}: what it promises`,
      `npm test -- ${test}`,
      `npx sexton ${pack} ${file}`,
    ],
  };
};

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = textOption(wanted, 'pack');
  if (pack !== undefined) return planInPack(tree, choosePack(tree, pack), name);
  const file = fileName(name);
  const path = `${COMMANDS}/${file}.ts`;
  const test = `test/client/${file}.test.ts`;
  const identifier = `register${typeName(name)}`;
  const imported = withImport(tree, { path: MAIN, identifier, from: `./commands/${file}.ts` });
  const text = addCallAfter(imported, 'register', `${identifier}(program, { load, out: process.stdout });`);
  if (isTaken(tree, file)) refuse(`\`sexton ${file}\` is there already`);
  return {
    created: [
      { path, text: commandText(file) },
      { path: test, text: commandTest(file) },
    ],
    edited: [{ path: MAIN, text: text ?? refuse(`${MAIN} registers no command that this could follow`) }],
    next: [
      `${path}: what it does; its exit codes are those of src/client/context.ts`,
      `${test}: what it promises`,
      `npm test -- ${test}`,
    ],
  };
};

export const command: Kind = {
  kind: 'command',
  summary: 'a command of `sexton`, or of a pack, with its test and its line in the list',
  options: [{ flags: '--pack <name>', description: 'the pack that it belongs to; default: the engine' }],
  plan,
};
