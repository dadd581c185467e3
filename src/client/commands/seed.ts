// `sexton seed`: fills packs' tables with a scenario, the same for the same instant (SLA-11). Never in production, and
// never over rows unless that is asked for.
import Table from 'cli-table3';
import type { Command } from 'commander';
import type { Catalog } from '../../catalog/catalog.ts';
import type { SeedResult } from '../../catalog/define/pack.ts';
import type { Env } from '../../config/env.ts';
import { instantArgument } from '../arguments.ts';
import { type CommandContext, EXIT } from '../context.ts';
import { BASE, chooseScenarios, requireEmptyTables, seedPack, WouldLoseRows } from '../seed/seed.ts';

/** No Temporal is needed: only databases are written, and a blob store where it is local. */
export interface SeedContext extends Pick<CommandContext, 'out' | 'err'> {
  readonly env: Env;
  readonly load: () => Promise<Catalog>;
}

interface SeedFlags {
  readonly pack?: string;
  readonly scenario: string;
  readonly now?: Date;
  readonly replace?: boolean;
  readonly json?: boolean;
}

interface Seeded {
  readonly pack: string;
  readonly scenario: string;
  readonly tables: readonly SeedResult[];
}

const seed = async (context: SeedContext, flags: SeedFlags): Promise<number> => {
  const { env, load, out, err } = context;
  const { now = new Date(), json = false } = flags;
  const catalog = await load();
  const refusal = await refusalOf(catalog, flags);
  if (refusal) {
    err.write(`${refusal.why}. Nothing was changed\n`);
    return refusal.code;
  }
  const { localBlobs } = await import('../seed/seed-blobs.ts');
  const { blobs, written, words } = localBlobs(env, err as NodeJS.WriteStream);
  const seeded: Seeded[] = [];
  for (const each of chooseScenarios(catalog, flags)) {
    const tables = await seedPack({ ...each, catalog, now, blobs });
    seeded.push({ pack: each.pack.name, scenario: each.name, tables });
  }
  const at = now.toISOString();
  const objects = { written: written(), note: words() };
  out.write(
    json
      ? `${JSON.stringify({ now: at, seeded, objects })}\n`
      : `${render(seeded)}\nas of ${at}; ${objects.note}\n`,
  );
  return EXIT.yes;
};

interface Refusal {
  readonly why: string;
  readonly code: number;
}

/** Why nothing may be written; names that mean nothing reject. */
const refusalOf = async (catalog: Catalog, flags: SeedFlags): Promise<Refusal | undefined> => {
  if (catalog.profile === 'production')
    return { why: 'SEXTON_PROFILE is production, where nothing is seeded', code: EXIT.bad };
  const packs = chooseScenarios(catalog, flags).map(({ pack }) => pack.name);
  const jobs = catalog.jobs.filter(({ pack }) => packs.includes(pack));
  try {
    const advice = 'a seed would empty it, and `--replace` says that it may';
    await requireEmptyTables(catalog, { jobs, advice });
  } catch (error) {
    if (isMissingTable(error)) return { why: 'tables are missing; `sexton apply` makes them', code: EXIT.no };
    if (!(error instanceof WouldLoseRows)) throw error;
    if (!flags.replace) return { why: error.message, code: EXIT.no };
  }
  return undefined;
};

const UNDEFINED_TABLE = '42P01';

const isMissingTable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === UNDEFINED_TABLE;

const render = (seeded: readonly Seeded[]): string => {
  const table = new Table({
    head: ['pack', 'scenario', 'table', 'rows', 'eligible'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'right', 'right'],
  });
  for (const { pack, scenario, tables } of seeded) {
    for (const { table: name, rows, eligible } of tables)
      table.push([pack, scenario, name, rows.toLocaleString('en-US'), eligible.toLocaleString('en-US')]);
  }
  return table.toString();
};

/** Adds `seed` to the program; the exit code goes to process.exitCode. */
export const registerSeed = (program: Command, context: SeedContext): void => {
  program
    .command('seed')
    .description('fill the tables of packs with a scenario; the same instant gives the same rows')
    .option('--pack <name>', 'only this pack; default: every pack that has the scenario')
    .option('--scenario <name>', 'which one; an unknown name lists them', BASE)
    .option('--now <instant>', 'instant that all ages are measured from; default: now', instantArgument)
    .option('--replace', "also where the tables of the packs' jobs hold rows, which are lost")
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nObjects are written to a local blob store only (VERCEL_BLOB_API_URL, BLOB_READ_WRITE_TOKEN), never to the\n' +
        'real service. Where SEXTON_PROFILE is production nothing is seeded at all.',
    )
    .action(async (flags: SeedFlags) => {
      process.exitCode = await seed(context, flags);
    });
};
