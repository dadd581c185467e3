// The command line of `npm run bench:reports`.
import { Command, InvalidArgumentError } from 'commander';
import { SUBJECTS, type Subject } from './subjects.ts';

export interface BenchOptions {
  readonly subjects: readonly Subject[];
  /** Warm runs of each report. */
  readonly runs: number;
  readonly json: boolean;
  /** Folder for the results; none is written without. */
  readonly out: string | undefined;
}

interface Flags {
  readonly pack?: Subject;
  readonly runs: number;
  readonly json: boolean;
  readonly out?: string;
}

const NAMES = SUBJECTS.map(({ pack }) => pack).join(', ');

const subject = (name: string): Subject => {
  const found = SUBJECTS.find(({ pack }) => pack === name);
  if (found) return found;
  throw new InvalidArgumentError(`must be one of ${NAMES}.`);
};

const whole = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1_000) return value;
  throw new InvalidArgumentError('must be a whole number from 1 to 1000.');
};

/** As the specification asks for them (DRAFT-14). */
const RUNS = 20;

/** Ends the process where the arguments are wrong, or where help is asked for. */
export const readOptions = (argv: readonly string[], defaultOut: string): BenchOptions => {
  const program = new Command('npm run bench:reports --')
    .description(
      'Runs every report of the bundled packs on the seed that its budget is measured on, and holds the 95th percentile of its\nwarm runs against it. Brings its own servers. Exit 0 if every budget is kept, 1 if one is not, 2 if it failed.',
    )
    .option('--pack <name>', `only this one of ${NAMES}`, subject)
    .option('--runs <n>', 'warm runs of each report', whole, RUNS)
    .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
    .option('--out <folder>', `where results are written; default bench/results, nowhere below ${RUNS} runs`)
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  const { pack, runs, json, out } = program.parse([...argv], { from: 'user' }).opts<Flags>();
  return {
    subjects: pack ? [pack] : SUBJECTS,
    runs,
    json,
    out: out ?? (runs < RUNS ? undefined : defaultOut),
  };
};
