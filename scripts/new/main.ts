// `npm run new <kind> <name>`: writes a thing with its test and its line in the registry, all of it or nothing.
// Exit code 0, or 2 with the reason and nothing written.
import { fileURLToPath } from 'node:url';
import { Command, CommanderError } from 'commander';
import { KINDS } from './kinds/index.ts';
import type { Kind, Plan, Wanted } from './kinds/kind.ts';
import { checkName } from './names.ts';
import { Refused, refuse } from './refused.ts';
import { openTree } from './tree.ts';
import { writePlan } from './write.ts';

/** Why npm may have torn an option apart. */
const BEHIND = 'options go behind --: npm run new job purge_sessions -- --older-than 7d\n';

type Out = Pick<NodeJS.WritableStream, 'write'>;

interface Surroundings {
  /** The checkout that is written into. */
  readonly root: string;
  readonly out: Out;
  readonly err: Out;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const OURS: Surroundings = {
  root: fileURLToPath(new URL('../../', import.meta.url)),
  out: process.stdout,
  err: process.stderr,
  env: process.env,
};

const render = ({ created, edited, next }: Plan): string =>
  [
    ...created.map(({ path }) => `wrote   ${path}`),
    ...edited.map(({ path }) => `edited  ${path}`),
    'next',
    ...next.map((step, index) => `  ${index + 1}. ${step}`),
    '',
  ].join('\n');

const asJson = (kind: Kind, name: string, { created, edited, next }: Plan): string =>
  `${JSON.stringify({
    kind: kind.kind,
    name,
    created: created.map(({ path }) => path),
    edited: edited.map(({ path }) => path),
    next,
  })}\n`;

/** Without `--`, npm keeps `--table=x` for itself and says so in the environment only. */
const lostOptions = (kind: Kind, env: Surroundings['env']): readonly string[] =>
  kind.options
    .map(({ flags }) => flags.split(' ')[0] ?? '')
    .filter((flag) => env[`npm_config_${flag.slice(2).replaceAll('-', '_')}`] !== undefined);

const addKind = (program: Command, kind: Kind, { root, out, env }: Surroundings): void => {
  const command = program
    .command(kind.kind)
    .argument('<name>', 'at most 40 of a-z, 0-9, _ and -, a letter first')
    .summary(kind.summary)
    .description(`Writes ${kind.summary}.`)
    .option('--json', 'what was written, as one JSON object');
  for (const { flags, description } of kind.options) command.option(flags, description);
  command.action(async (name: string, { json, ...options }: Wanted['options']) => {
    const lost = lostOptions(kind, env);
    if (lost.length > 0) refuse(`npm kept ${lost.join(', ')} for itself: options go behind --`);
    checkName(name);
    const tree = openTree(root);
    const plan = kind.plan({ tree, name, options });
    await writePlan(tree, plan);
    out.write(json ? asJson(kind, name, plan) : render(plan));
  });
};

const createProgram = (surroundings: Surroundings): Command => {
  const { out, err } = surroundings;
  const program = new Command('npm run new')
    .usage('<kind> <name> [-- options]')
    .description('Writes a thing with its test and its line in the registry. Nothing is ever overwritten.')
    .addHelpText(
      'after',
      '\nAn example: npm run new job purge_sessions -- --older-than 7d' +
        '\nOptions of a kind: npm run new job -- --help' +
        '\nEverything that can be added, by hand as well: docs/adding.md',
    )
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void out.write(text),
      writeErr: (text) => void err.write(text),
    });
  for (const kind of KINDS) addKind(program, kind, surroundings);
  return program;
};

/** Runs one command and returns the exit code. */
export const main = async (args: readonly string[], given: Partial<Surroundings> = {}): Promise<number> => {
  const surroundings = { ...OURS, ...given };
  try {
    await createProgram(surroundings).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has told its own errors already; help is none.
    if (error instanceof CommanderError) {
      if (error.code === 'commander.excessArguments') surroundings.err.write(BEHIND);
      return error.exitCode === 0 ? 0 : 2;
    }
    if (!(error instanceof Refused)) throw error;
    surroundings.err.write(`${error.message}; nothing was written\n`);
    return 2;
  }
};
