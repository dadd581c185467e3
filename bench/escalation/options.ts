// The command line of `npm run bench:escalation`.
import { Command, InvalidArgumentError, Option } from 'commander';

/** Parts that can be measured by themselves, in the order in which they run. */
const PARTS = ['first-pages', 'second-tiers', 'lateness', 'group', 'many', 'memory', 'monitors'] as const;

export type Part = (typeof PARTS)[number];

/** The dev server with its state in memory or in a file, or a Temporal that is there already. */
export type TemporalChoice =
  | { readonly memory: true }
  | { readonly file: true }
  | { readonly address: string };

export interface BenchOptions {
  readonly parts: readonly Part[];
  /** Escalations of a flood. */
  readonly count: number;
  readonly rounds: number;
  /** Starts under way at a time, of the product and of the floor. */
  readonly concurrency: number;
  /** Worker processes of the part that kills half of them. */
  readonly workers: number;
  /** Time over which second tiers fall due. */
  readonly spreadSeconds: number;
  readonly latenessCount: number;
  readonly latenessSeconds: number;
  readonly memoryCount: number;
  readonly monitors: number;
  readonly rulesEach: number;
  readonly monitorMinutes: number;
  readonly temporal: TemporalChoice;
  readonly json: boolean;
  /** Folder for the results; none is written without. */
  readonly out: string | undefined;
  readonly fromSources: boolean;
  /** Folder for CPU profiles of the worker of the first part. */
  readonly cpuProfile: string | undefined;
}

interface Flags extends Omit<BenchOptions, 'parts' | 'out' | 'cpuProfile'> {
  readonly parts?: readonly Part[];
  readonly out?: string;
  readonly cpuProfile?: string;
}

/** What is measured unless it is stated. A smaller flood makes the rest smaller in proportion. */
const FULL = {
  count: 6_000,
  spreadSeconds: 300,
  latenessCount: 1_000,
  latenessSeconds: 60,
  memoryCount: 10_000,
  monitors: 1_000,
} as const;

/** Shorter than this a part would say nothing. */
const LEAST = { spreadSeconds: 15, latenessSeconds: 10 } as const;

const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text.replaceAll(/[_,]/g, ''));
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a whole number from ${least} on, at most ${most}.`);
  };

const parts = (text: string): readonly Part[] =>
  text.split(',').map((name) => {
    const found = PARTS.find((part) => part === name.trim());
    if (found) return found;
    throw new InvalidArgumentError(`must be of ${PARTS.join(', ')}.`);
  });

const temporal = (text: string): TemporalChoice => {
  if (text === 'memory') return { memory: true };
  if (text === 'file') return { file: true };
  if (/^[^\s/:]+:\d+$/.test(text)) return { address: text };
  throw new InvalidArgumentError('must be memory, file or host:port.');
};

const program = new Command('npm run bench:escalation --')
  .description(
    'Opens a flood of escalations and counts what arrives: how fast beside bare workflows, how late, what is lost and what comes\ntwice while workers are killed. Brings its own servers. Exit 0 if every bar is met, 1 if one is missed, 2 if it failed.',
  )
  .option('--parts <names>', `of ${PARTS.join(', ')}`, parts)
  .option('--count <n>', 'escalations of a flood; sizes below follow it unless stated', whole(20), FULL.count)
  .option('--rounds <n>', 'rounds of product and floor; rates are medians over them', whole(1), 3)
  .option('--concurrency <n>', 'starts under way at a time', whole(1, 1_000), 100)
  .option('--workers <n>', 'worker processes, of which half are killed', whole(2, 16), 4)
  .option('--spread-seconds <n>', 'second tiers fall due over this time', whole(5), FULL.spreadSeconds)
  .option('--lateness-count <n>', 'pages whose lateness is measured', whole(10), FULL.latenessCount)
  .option('--lateness-seconds <n>', 'they fall due over this time', whole(5), FULL.latenessSeconds)
  .option('--memory-count <n>', 'open escalations of the memory part', whole(100), FULL.memoryCount)
  .option('--monitors <n>', 'monitors, each once a minute', whole(1), FULL.monitors)
  .option('--rules-each <n>', 'rules of each monitor', whole(1, 50), 5)
  .option('--monitor-minutes <n>', 'minutes that are measured, after one that is not', whole(1), 3)
  .addOption(
    new Option(
      '--temporal <where>',
      'dev server in memory or in a file (SQLite), or host:port with a namespace sexton-bench',
    )
      .argParser(temporal)
      .default({ memory: true }, 'memory'),
  )
  .option('--json', 'print one JSON object on stdout, everything else on stderr', false)
  .option('--from-sources', 'run the product from its sources, without a build', false)
  .option('--cpu-profile <folder>', 'write CPU profiles of the first part’s worker there')
  .addOption(
    new Option(
      '--out <folder>',
      `where results are written; default bench/results, nowhere below ${FULL.count} escalations`,
    ),
  )
  .allowExcessArguments(false);

/** Ends the process where the arguments are wrong, or where help is asked for. */
export const readOptions = (argv: readonly string[], defaultOut: string): BenchOptions => {
  program.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  const flags = program.parse([...argv], { from: 'user' }).opts<Flags>();
  const given = (name: keyof Flags): boolean => program.getOptionValueSource(name) === 'cli';
  const share = flags.count / FULL.count;
  const sized = (name: Exclude<keyof typeof FULL, 'count'>, least = 1): number =>
    given(name) ? flags[name] : Math.max(least, Math.round(FULL[name] * share));
  return {
    ...flags,
    parts: flags.parts ?? PARTS,
    spreadSeconds: sized('spreadSeconds', LEAST.spreadSeconds),
    latenessCount: sized('latenessCount', 10),
    latenessSeconds: sized('latenessSeconds', LEAST.latenessSeconds),
    memoryCount: sized('memoryCount', 100),
    monitors: sized('monitors'),
    out: flags.out ?? (flags.count < FULL.count ? undefined : defaultOut),
    cpuProfile: flags.cpuProfile,
  };
};
