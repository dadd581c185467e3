// `npm run trace`: each requirement with the tests that name it in their titles, or the reason why none does. Exit code
// 0, 1 where a requirement has neither or something else is wrong with the titles, 2 on bad input.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ID, REQUIREMENTS } from './requirements.ts';
import { render, renderJson } from './show.ts';
import { type TestPlace, testsIn } from './titles.ts';
import { pick, traceTests } from './trace.ts';
import { UNTESTED } from './untested.ts';

interface Surroundings {
  /** The checkout whose tests are read. */
  readonly root: string;
  readonly requirements: readonly string[];
  readonly untested: Readonly<Record<string, string>>;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
  readonly err: Pick<NodeJS.WritableStream, 'write'>;
}

const OURS: Surroundings = {
  root: fileURLToPath(new URL('../../', import.meta.url)),
  requirements: REQUIREMENTS,
  untested: UNTESTED,
  out: process.stdout,
  err: process.stderr,
};

/** Of the files that name a requirement anywhere; no other file's titles can. */
const readPlaces = (root: string): readonly TestPlace[] =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => `test/${path}`)
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return text.search(ID) < 0 ? [] : testsIn(file, text);
    });

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('must be a whole number from 1');
  return Number(text);
};

interface Options {
  readonly json?: true;
  readonly sample?: number;
  readonly seed: string;
}

/** Runs the command and returns the exit code. */
export const main = async (args: readonly string[], given: Partial<Surroundings> = {}): Promise<number> => {
  const { root, requirements, untested, out, err } = { ...OURS, ...given };
  let code = 0;
  const program = new Command('npm run trace')
    .usage('[-- options]')
    .description('Shows which tests name which requirement. Everything is judged, whatever is shown.')
    .option('--json', 'one JSON object')
    .option('--sample <count>', 'show so many of them, picked by the seed', wholeNumber)
    .option('--seed <text>', 'picks the same for the same text', '1')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void out.write(text),
      writeErr: (text) => void err.write(text),
    })
    .action(({ json, sample, seed }: Options) => {
      const trace = traceTests({ requirements, untested, places: readPlaces(root) });
      const shown =
        sample === undefined ? trace.requirements : pick(trace.requirements, { count: sample, seed });
      out.write((json ? renderJson : render)(trace, shown));
      code = trace.faults.length > 0 ? 1 : 0;
    });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has told its own errors already; help is none.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
};

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = await main(process.argv.slice(2));
