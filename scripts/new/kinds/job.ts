// `new job`: a job that runs as it is, written as the pack's other jobs are, with a test on real rows. Where no
// migration of the pack makes its table, or an index for its age, the next migration does.
import { identifier as sqlName } from '../../../src/catalog/schema/names.ts';
import { parseDuration } from '../../../src/domain/duration.ts';
import { firstDatabase, someRole } from '../config.ts';
import { fileName, identifier, singular, subjectOf } from '../names.ts';
import { nextNumber } from '../numbers.ts';
import { jobsIndex, listed, mannerOf, packWithJobs } from '../pack-jobs.ts';
import { refuse } from '../refused.ts';
import { register } from '../registry.ts';
import { packTables, qualified, type SqlTable, tablesIn } from '../sql-tables.ts';
import { type JobDraft, jobText } from '../templates/job.ts';
import { jobTest } from '../templates/job-test.ts';
import { indexMigration, tableMigration } from '../templates/migration.ts';
import { type FileText, type Kind, PACK_OPTION, type Plan, textOption, type Wanted } from './kind.ts';

/** Names that an age most often has, the likeliest first. */
const AGES = ['expires_at', 'created_at'];

const ageColumn = ({ name, columns }: SqlTable, wanted: string | undefined): string => {
  const instants = columns.filter(({ type }) => /^(timestamp|date)/.test(type)).map((column) => column.name);
  if (wanted !== undefined && instants.includes(wanted)) return wanted;
  if (wanted !== undefined)
    return refuse(`${name} has no timestamp ${wanted}; there are: ${instants.join(', ') || 'none'}`);
  return (
    AGES.find((age) => instants.includes(age)) ?? instants[0] ?? refuse(`${name} has no timestamp to go by`)
  );
};

const tableName = ({ name, options }: Wanted): string => {
  const table = textOption({ options }, 'table') ?? subjectOf(name);
  const parts = table.split('.');
  const sound = parts.length <= 2 && parts.every((part) => sqlName.safeParse(part).success);
  return sound ? qualified(table) : refuse(`--table must be a table or schema.table, plain SQL names`);
};

const age = (wanted: Wanted): { readonly olderThan: string; readonly minutes: number } => {
  const olderThan = textOption(wanted, 'olderThan') ?? '30d';
  const minutes = (parseDuration(olderThan) ?? -1) / 60;
  if (minutes >= 0 && Number.isInteger(minutes)) return { olderThan, minutes };
  return refuse('--older-than must be a duration in whole minutes, such as 24h, 30d or 0s');
};

/** The table as it will be once the migrations ran, with the migration that is missing for that. */
const settleTable = (
  { tree, name, options }: Wanted,
  pack: string,
  wanted: string,
): { readonly table: SqlTable; readonly column: string; readonly migration?: FileText } => {
  const column = textOption({ options }, 'column');
  if (column !== undefined && !sqlName.safeParse(column).success) refuse('--column must be a plain SQL name');
  const folder = `packs/${pack}/migrations`;
  const next = (word: string): string => `${folder}/${nextNumber(tree, folder, 3)}_${word}.sql`;
  const bare = wanted.replace('.', '_').replace(/^public_/, '');
  const known = packTables(tree, pack).find((table) => table.name === wanted);
  if (known) {
    const chosen = ageColumn(known, column);
    if (known.indexed.includes(chosen)) return { table: known, column: chosen };
    const text = indexMigration({ job: name, table: wanted, column: chosen });
    return { table: known, column: chosen, migration: { path: next(`${bare}_${chosen}_index`), text } };
  }
  if (tree.list(folder).length === 0) refuse(`${folder} is not there, and no table ${wanted} is known`);
  const text = tableMigration({
    table: wanted,
    column: column ?? 'created_at',
    why: `The table that ${name} cleans`,
  });
  const [table] = tablesIn(text);
  if (!table) return refuse(`no table ${wanted} could be written`);
  return { table, column: column ?? 'created_at', migration: { path: next(bare), text } };
};

/** Daily at an hour when little happens, at a minute that no other job of the pack has. */
const freeSchedule = (taken: readonly string[]): string => {
  const minutes = Array.from({ length: 12 }, (_, step) => step * 5 + 5).filter((minute) => minute < 60);
  const free = minutes.find((minute) => !taken.some((schedule) => schedule.startsWith(`${minute} `)));
  return `${free ?? 0} 3 * * *`;
};

const plan = (wanted: Wanted): Plan => {
  const { tree, name } = wanted;
  const pack = packWithJobs(tree, textOption(wanted, 'pack'));
  const { table, column, migration } = settleTable(wanted, pack, tableName(wanted));
  const manner = mannerOf(tree, pack);
  const draft: JobDraft = {
    pack,
    name,
    table,
    column,
    ...age(wanted),
    database: firstDatabase(tree, pack),
    resourceType: singular(table.name.replace(/^.*\./, '')).toLowerCase(),
    schedule: freeSchedule(manner.schedules),
    owner: someRole(tree),
    manner,
  };
  const file = fileName(name);
  const path = `packs/${pack}/jobs/${file}.ts`;
  const test = `test/packs/${pack}/${file}.test.ts`;
  const entry = listed(identifier(name), manner);
  const from = `./${file}.ts`;
  return {
    created: [
      { path, text: jobText(draft) },
      ...(migration ? [migration] : []),
      { path: test, text: jobTest(draft) },
    ],
    edited: [
      register(tree, { path: jobsIndex(pack), list: 'jobs', identifier: identifier(name), from, entry }),
    ],
    next: [
      ...(migration ? [`${migration.path}: as the table really is, before it runs anywhere`] : []),
      `${path}: table, age, where, batch, schedule (UTC) and budget as you want them`,
      `npm test -- ${test}`,
      `npm start, or \`npx sexton run ${name} --dry-run\` while one serves`,
    ],
  };
};

export const job: Kind = {
  kind: 'job',
  summary: 'a job that deletes what is old enough, with its test and its line in jobs/index.ts',
  options: [
    PACK_OPTION,
    { flags: '--table <table>', description: 'the table that it cleans; default: the name without its verb' },
    { flags: '--column <column>', description: 'the instant that a row’s age counts from' },
    { flags: '--older-than <duration>', description: 'age at which a row may leave (default 30d)' },
  ],
  plan,
};
