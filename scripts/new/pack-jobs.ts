// The jobs that a pack has by now: the new one is written as they are, and scenarios are written for one of them.
import { parseDuration } from '../../src/domain/duration.ts';
import { refuse } from './refused.ts';
import {
  argumentOf,
  codeOf,
  identifiersIn,
  importsOf,
  literal,
  parametersOf,
  propertiesOf,
} from './source.ts';
import { choosePack, type Tree } from './tree.ts';

const LIST = 'jobs';

export const jobsIndex = (pack: string): string => `packs/${pack}/jobs/index.ts`;

/** The files that the pack's list of jobs imports, in its order. */
const jobFiles = (tree: Tree, pack: string): readonly string[] =>
  importsOf(tree.read(jobsIndex(pack)))
    .filter(({ from }) => from.startsWith('./'))
    .map(({ from }) => `packs/${pack}/jobs/${from.slice(2)}`);

/** What a new job of the pack takes over from its neighbours. */
export interface Manner {
  /** `owner`, `runbook` and `alerts` as the first job has them. */
  readonly taken: Readonly<Record<string, string>>;
  /** Parameters of a job's function; undefined where jobs are plain constants. */
  readonly parameters: string | undefined;
  /** Import lines for the names in both. */
  readonly imports: readonly string[];
  /** Schedules that the pack's jobs run by. */
  readonly schedules: readonly string[];
}

const TAKEN = ['owner', 'runbook', 'alerts'];

/** Names of the parameters, without their types. */
const parameterNames = (parameters: string): readonly string[] =>
  parameters.split(',').map((each) => each.replace(/[:=?].*$/s, '').trim());

export const mannerOf = (tree: Tree, pack: string): Manner => {
  const files = jobFiles(tree, pack);
  const texts = files.map((file) => tree.read(file));
  const [first = ''] = texts;
  const index = tree.read(jobsIndex(pack));
  const properties = Object.entries(argumentOf(first, 'defineJob') ?? {}).filter(([name]) =>
    TAKEN.includes(name),
  );
  const used = identifiersIn(properties.map(([, code]) => `(${code});`).join('\n'));
  const declared = parametersOf(index, LIST);
  const parameters =
    declared !== undefined && parameterNames(declared).some((name) => used.has(name)) ? declared : undefined;
  const needed = new Set([...used, ...identifiersIn(`(${parameters ?? ''}) => 0`)]);
  const imports = [...importsOf(first), ...importsOf(index)].filter(
    ({ from, names }) => !from.endsWith('src/index.ts') && names.some((name) => needed.has(name)),
  );
  return {
    taken: Object.fromEntries(properties),
    parameters,
    imports: [...new Set(imports.map(({ text }) => text))],
    schedules: texts.flatMap((text) => literal(argumentOf(text, 'defineJob')?.['schedule']) ?? []),
  };
};

/** As the list calls a job: `purgeSessions(env)`, or `purgeSessions` where it is a constant. */
export const listed = (identifier: string, { parameters }: Manner): string =>
  parameters === undefined ? identifier : `${identifier}(${parameterNames(parameters).join(', ')})`;

/** What a scenario needs to know of a job. */
export interface JobFacts {
  readonly name: string;
  readonly database: string;
  readonly table: string;
  readonly column: string;
  readonly olderThanSeconds: number;
}

const factsOf = (text: string): JobFacts | undefined => {
  const selection = propertiesOf(text, 'selection');
  const age = propertiesOf(text, 'age');
  const [name, action, database, table, column, olderThan] = [
    argumentOf(text, 'defineJob')?.['name'],
    codeOf(text, 'action'),
    selection?.['database'],
    selection?.['table'],
    age?.['column'],
    age?.['olderThan'],
  ].map(literal);
  const olderThanSeconds = parseDuration(olderThan ?? '');
  // What a job of another action counts as its own is not said by table and age alone.
  if (action !== 'delete' || !name || !database || !table || !column || olderThanSeconds === undefined)
    return undefined;
  return { name, database, table, column, olderThanSeconds };
};

/** The job of that name, or the pack's only one. */
export const chooseJob = (tree: Tree, pack: string, named: string | undefined): JobFacts => {
  const found = jobFiles(tree, pack).map((file) => ({ file, facts: factsOf(tree.read(file)) }));
  const names = found.map(({ file, facts }) => facts?.name ?? file).join(', ');
  if (found.length === 0) return refuse(`pack ${pack} has no job yet: \`npm run new job NAME\` comes first`);
  if (named === undefined && found.length > 1) return refuse(`say whose rows: --job with one of ${names}`);
  const chosen = named === undefined ? found[0] : found.find(({ facts }) => facts?.name === named);
  if (!chosen) return refuse(`no job ${named ?? ''} in pack ${pack}; there are: ${names}`);
  return (
    chosen.facts ??
    refuse(
      `${chosen.file} does not delete rows by a table and an age in plain text; write the scenario by hand`,
    )
  );
};

/** The pack that a job or scenario goes to, made sure to have a list of jobs. */
export const packWithJobs = (tree: Tree, named: string | undefined): string => {
  const pack = choosePack(tree, named);
  if (tree.has(jobsIndex(pack))) return pack;
  return refuse(`pack ${pack} keeps no list in ${jobsIndex(pack)}, so there is nowhere to add to`);
};
