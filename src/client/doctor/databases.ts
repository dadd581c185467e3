// Postgres: that each database answers, is migrated, and agrees with this machine about the time.
import { pendingMigrations } from '../../adapters/postgres/migrate.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { formatDuration } from '../../domain/duration.ts';
import { migrationFolders } from '../sync/migrations.ts';
import { withPool } from '../with-pool.ts';
import { type Check, check, fail, pass, warn } from './check.ts';

type Databases = Pick<Catalog, 'home' | 'databases'>;

/** Cutoffs and tiers are reckoned by the databases' clock, leases by this machine's. */
const SKEW_WARN_SECONDS = 2;
const SKEW_FAIL_SECONDS = 30;

const NEXT = 'see that it runs, and the address and password in the environment';

/** One name an address: what is both home and a pack's database is home. */
const addresses = ({ home, databases }: Databases): ReadonlyMap<string, string> => {
  const all = [
    { url: home.url, name: 'home' },
    ...databases.map(({ pack, name, url }) => ({ url, name: `${pack}/${name}` })),
  ];
  return new Map(all.toReversed().map(({ url, name }) => [url, name]));
};

export const databaseChecks = async (catalog: Databases): Promise<readonly Check[]> => {
  const found = [...addresses(catalog)].map(async ([url, name]): Promise<readonly Check[]> => {
    const answer = await check(`postgres ${name}`, NEXT, async () => {
      const { rows } = await withPool(url, (db) =>
        db.query("SELECT split_part(version(), ' ', 2) AS version"),
      );
      return pass(`PostgreSQL ${rows[0].version}`);
    });
    // What does not answer has neither schema nor clock.
    if (answer.verdict !== 'PASS') return [answer];
    return [answer, await schemaCheck(name, url, catalog), await clockCheck(name, url)];
  });
  return (await Promise.all(found)).flat();
};

const schemaCheck = (name: string, url: string, catalog: Databases): Promise<Check> =>
  check(`schema ${name}`, NEXT, async () => {
    const pending: string[] = [];
    for (const folder of migrationFolders(catalog).filter((each) => each.url === url))
      pending.push(...(await pendingMigrations(folder)));
    if (pending.length === 0) return pass('every migration has run');
    return fail(
      `${pending.length} migrations have not run, the first: ${pending[0]}`,
      '`sexton plan`, then `sexton apply`',
    );
  });

const clockCheck = (name: string, url: string): Promise<Check> =>
  check(`clock ${name}`, NEXT, async () =>
    withPool(url, async (db) => {
      // The first statement connects, and would be counted as a clock that is behind.
      await db.query('SELECT 1');
      const before = Date.now();
      const { rows } = await db.query('SELECT extract(epoch FROM sexton.now())::float8 * 1000 AS ms');
      const seconds = (rows[0].ms - (before + Date.now()) / 2) / 1000;
      const skew = Math.abs(seconds);
      const words = `${formatDuration(skew)} ${seconds < 0 ? 'behind' : 'ahead of'} this machine`;
      if (skew <= SKEW_WARN_SECONDS) return pass(words);
      const next = 'see NTP on both; `SELECT * FROM sexton.clock` shows whether somebody moved it';
      return skew > SKEW_FAIL_SECONDS ? fail(words, next) : warn(words, next);
    }),
  );
