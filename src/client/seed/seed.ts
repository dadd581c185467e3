// Fills packs' tables with a scenario, for `sexton seed` and `npm start` alike. Who may lose rows is decided by the
// caller, before the first row goes.
import pg from 'pg';
import { tableSql } from '../../adapters/postgres/tables/selection-sql.ts';
import { type Catalog, type CatalogJob, UnknownNameError } from '../../catalog/catalog.ts';
import type { Scenario, SeedBlobs, SeedResult, SeedTools } from '../../catalog/define/pack.ts';
import type { CheckedPack } from '../../catalog/schema/config.ts';
import { isOwnTable } from '../../domain/jobs/history.ts';
import { batchedSteps } from '../../domain/jobs/step.ts';
import { checkPackName } from '../known-name.ts';
import { targetOf } from '../target.ts';
import { withPool } from '../with-pool.ts';
import { seedRedis } from './seed-redis.ts';

/** The scenario that a pack's demo and tests start from. */
export const BASE = 'base';

/** A table holds rows that nobody said may go. Nothing was changed. */
export class WouldLoseRows extends Error {
  override readonly name = 'WouldLoseRows';
}

export interface ChosenScenario {
  readonly pack: CheckedPack;
  readonly name: string;
  readonly scenario: Scenario;
}

/** Packs that have the scenario; none of them is no fault. */
export const scenariosNamed = (packs: readonly CheckedPack[], name: string): readonly ChosenScenario[] =>
  packs.flatMap((pack) => {
    const scenario = pack.seed?.scenarios[name];
    return scenario ? [{ pack, name, scenario }] : [];
  });

/** What a person chose: one pack, or every one that has the scenario. Rejects names that mean nothing. */
export const chooseScenarios = (
  { packs }: Pick<Catalog, 'packs'>,
  { pack, scenario }: { readonly pack?: string; readonly scenario: string },
): readonly ChosenScenario[] => {
  checkPackName(packs, pack);
  const among = packs.filter(({ name }) => pack === undefined || name === pack);
  const chosen = scenariosNamed(among, scenario);
  if (chosen.length > 0) return chosen;
  const known = among.flatMap(({ name, seed }) =>
    Object.keys(seed?.scenarios ?? {}).map((each) => `${each} (${name})`),
  );
  const of = pack === undefined ? '' : ` of pack ${pack}`;
  throw new UnknownNameError(`no scenario ${scenario}${of}; there are: ${known.join(', ') || 'none'}`, known);
};

export interface SeedInput extends ChosenScenario {
  readonly catalog: Pick<Catalog, 'databases' | 'redisUrl'>;
  /** The instant that all ages are measured from. */
  readonly now: Date;
  readonly blobs?: SeedBlobs | undefined;
}

/** Runs the scenario, on one connection to each database that it asks for. */
export const seedPack = async ({
  catalog,
  pack,
  name,
  scenario,
  now,
  blobs,
}: SeedInput): Promise<readonly SeedResult[]> => {
  const open = new Map<string, Promise<pg.Client>>();
  const connected = (url: string): Promise<pg.Client> => {
    const client = open.get(url) ?? connect(url);
    open.set(url, client);
    return client;
  };
  const database: SeedTools['database'] = (wanted) => {
    const found = catalog.databases.find((each) => each.pack === pack.name && each.name === wanted);
    if (!found)
      throw new Error(`scenario ${name} asks for database ${wanted}, which ${pack.name} does not declare`);
    return { query: async (sql, values) => (await connected(found.url)).query(sql, values) };
  };
  try {
    return await scenario({ now, database, redis: seedRedis(catalog.redisUrl), ...(blobs && { blobs }) });
  } finally {
    await Promise.allSettled([...open.values()].map(async (client) => (await client).end()));
  }
};

/** Without the engine's limits on statements: laying down a scenario is one long one. */
const connect = async (url: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC -c DateStyle=ISO' });
  // The query that is under way rejects by itself; without a listener a lost connection would end the process.
  client.on('error', () => {});
  await client.connect();
  return client;
};

/** Counting goes no further: it is enough to know that there is something to lose. */
const MOST_COUNTED = 1_000_000;

/** Rejects with WouldLoseRows where a table of the jobs holds rows; `advice` ends the sentence. */
export const requireEmptyTables = async (
  catalog: Pick<Catalog, 'databases'>,
  { jobs, advice }: { readonly jobs: readonly CatalogJob[]; readonly advice: string },
): Promise<void> => {
  const tables = jobs.flatMap((job) =>
    batchedSteps(job.snapshot).map(({ selection }) => ({ job, selection })),
  );
  for (const { job, selection } of tables.filter((each) => !isOwnTable(each.selection))) {
    const { rows } = await withPool(targetOf(catalog, job).url, (pool) =>
      pool.query(
        `SELECT count(*)::float8 AS n FROM (SELECT 1 FROM ${tableSql(selection)} LIMIT ${MOST_COUNTED + 1}) counted`,
      ),
    );
    const { n } = rows[0];
    if (n === 0) continue;
    const count = n > MOST_COUNTED ? `more than ${MOST_COUNTED}` : n;
    throw new WouldLoseRows(`${selection.schema}.${selection.table} holds ${count} rows; ${advice}`);
  }
};
