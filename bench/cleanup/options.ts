// The command line of `npm run bench:cleanup`.
import { Command, InvalidArgumentError, Option } from 'commander';
import { LAYOUTS, type Layout } from './layouts.ts';
import { BATCH_ROWS } from './terms.ts';

/** Parts that can be measured by themselves. */
const PARTS = ['speed', 'oltp', 'memory'] as const;

type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly rows: number;
  readonly rounds: number;
  readonly layouts: readonly Layout[];
  readonly parts: readonly Part[];
  readonly batchRows: number;
  readonly oltpRate: number;
  readonly aloneSeconds: number;
  /** Rows of the two runs after which memory is read. */
  readonly memoryRows: readonly [small: number, large: number];
  readonly memoryRounds: number;
  readonly json: boolean;
  /** Folder for the results; none is written without. */
  readonly out: string | undefined;
  readonly fromSources: boolean;
}

interface Flags {
  readonly rows: number;
  readonly rounds: number;
  readonly layouts?: readonly Layout[];
  readonly only?: readonly Part[];
  readonly batch: number;
  readonly oltpRate: number;
  readonly quick: boolean;
  readonly json: boolean;
  readonly out?: string;
  readonly fromSources: boolean;
}

const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text.replaceAll(/[_,]/g, ''));
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} on, at most ${most}.`);
  };

const layouts = (text: string): readonly Layout[] =>
  text.split(',').map((name) => {
    const found = LAYOUTS.find((layout) => layout.name === name.trim());
    if (found) return found;
    throw new InvalidArgumentError(`must be of ${LAYOUTS.map((layout) => layout.name).join(', ')}.`);
  });

const parts = (text: string): readonly Part[] =>
  text.split(',').map((name) => {
    const found = PARTS.find((part) => part === name.trim());
    if (found) return found;
    throw new InvalidArgumentError(`must be of ${PARTS.join(', ')}.`);
  });

const QUICK = {
  rows: 60_000,
  rounds: 1,
  aloneSeconds: 2,
  memoryRows: [5_000, 50_000],
  memoryRounds: 1,
} as const;
const FULL = { aloneSeconds: 15, memoryRows: [10_000, 5_000_000], memoryRounds: 3 } as const;

const program = new Command('npm run bench:cleanup --')
  .description(
    'Deletes the same rows of the same tables with the product, one plain DELETE and four common loops, and holds the\nproduct to its bars. Brings its own servers. Exit 0 if every bar is met, 1 if one is missed, 2 if it failed.',
  )
  .option('--rows <n>', 'rows of each table', whole(1_000), 2_000_000)
  .option('--rounds <n>', 'rounds; figures are medians over them', whole(1), 3)
  .option('--layouts <names>', `of ${LAYOUTS.map(({ name }) => name).join(', ')}`, layouts)
  .option('--only <parts>', `of ${PARTS.join(', ')}`, parts)
  .option('--batch <rows>', 'rows a batch, of the product and of its peers', whole(1, 50_000), BATCH_ROWS)
  .option('--oltp-rate <n>', 'operations a second of the concurrent load', whole(1), 400)
  .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
  .option('--quick', 'a small table, one round: shows that it runs, says nothing about speed', false)
  .option('--from-sources', 'run the product from its sources, without a build', false)
  .addOption(
    new Option('--out <folder>', 'where results are written; default bench/results, nowhere with --quick'),
  )
  .allowExcessArguments(false);

/** Ends the process where the arguments are wrong, or where help is asked for. */
export const readOptions = (argv: readonly string[], defaultOut: string): BenchOptions => {
  program.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  const flags = program.parse([...argv], { from: 'user' }).opts<Flags>();
  const { quick, batch, json, fromSources, oltpRate } = flags;
  const given = (name: keyof Flags): boolean => program.getOptionValueSource(name) === 'cli';
  const out = flags.out ?? (quick ? undefined : defaultOut);
  const { aloneSeconds, memoryRows, memoryRounds } = quick ? QUICK : FULL;
  return {
    rows: quick && !given('rows') ? QUICK.rows : flags.rows,
    rounds: quick && !given('rounds') ? QUICK.rounds : flags.rounds,
    layouts: flags.layouts ?? LAYOUTS.filter(({ onRequest }) => !onRequest),
    parts: flags.only ?? PARTS,
    batchRows: batch,
    oltpRate,
    aloneSeconds,
    memoryRows,
    memoryRounds: given('rounds') ? flags.rounds : memoryRounds,
    json,
    out,
    fromSources,
  };
};
