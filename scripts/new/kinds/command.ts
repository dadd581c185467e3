// `new command`: a command of the engine's own line, registered and tested. A pack's own commands are another thing.
import { spawnSync } from 'node:child_process';
import { fileName, typeName } from '../names.ts';
import { refuse } from '../refused.ts';
import { withImport } from '../registry.ts';
import { addCallAfter } from '../source.ts';
import { commandTest, commandText } from '../templates/command.ts';
import type { Tree } from '../tree.ts';
import type { Kind, Plan, Wanted } from './kind.ts';

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

const plan = ({ tree, name }: Wanted): Plan => {
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
  summary: 'a command of `sexton`, with its test and its line in src/client/main.ts',
  options: [],
  plan,
};
