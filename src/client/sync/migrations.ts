// Which folders of migrations belong to which database: shared and home to Sexton's own, shared, target and
// the pack's folder to each database of a pack.
import { fileURLToPath } from 'node:url';
import { type MigrationFolder, migrate, pendingMigrations } from '../../adapters/postgres/migrate.ts';
import type { Catalog, CatalogDatabase } from '../../catalog/catalog.ts';
import type { Step } from './differences.ts';

/** A folder for a database, by the name that people know the database by. */
export interface NamedFolder extends MigrationFolder {
  /** `home`, or `<pack>/<database>`. */
  readonly database: string;
  /** `shared`, `home`, `target` or the pack's name. */
  readonly folder: string;
}

const OWN = new URL('../../adapters/postgres/migrations/', import.meta.url);

const own = (database: string, url: string, folder: 'shared' | 'home' | 'target'): NamedFolder => ({
  database,
  url,
  folder,
  directory: fileURLToPath(new URL(folder, OWN)),
  table: `migrations_${folder}`,
});

const ofTarget = ({ pack, name, url, migrationsDir }: CatalogDatabase): readonly NamedFolder[] => {
  const database = `${pack}/${name}`;
  const engine = [own(database, url, 'shared'), own(database, url, 'target')];
  if (migrationsDir === undefined) return engine;
  const table = `migrations_pack_${pack.replaceAll('-', '_')}`;
  return [...engine, { database, url, folder: pack, directory: migrationsDir, table }];
};

/** Every folder in the order in which they run. Databases that share an address share the engine's folders. */
export const migrationFolders = ({
  home,
  databases,
}: Pick<Catalog, 'home' | 'databases'>): readonly NamedFolder[] => {
  const all = [
    own('home', home.url, 'shared'),
    own('home', home.url, 'home'),
    ...databases.flatMap(ofTarget),
  ];
  const seen = new Set<string>();
  return all.filter(({ url, directory }) => {
    const key = `${url} ${directory}`;
    return !seen.has(key) && seen.add(key);
  });
};

/** One step a folder that has migrations which did not run. */
export const migrationSteps = async (
  catalog: Pick<Catalog, 'home' | 'databases'>,
): Promise<readonly Step[]> => {
  const steps: Step[] = [];
  for (const folder of migrationFolders(catalog)) {
    const names = await pendingMigrations(folder);
    if (names.length === 0) continue;
    steps.push({
      differences: names.map((name) => ({
        action: 'run',
        kind: 'migration',
        name: `${folder.folder}/${name}`,
        note: folder.database,
      })),
      apply: async () => {
        await migrate(folder);
      },
    });
  }
  return steps;
};

/** Brings every database of the catalog up to date, without Temporal. */
export const migrateAll = async (catalog: Pick<Catalog, 'home' | 'databases'>): Promise<void> => {
  for (const folder of migrationFolders(catalog)) await migrate(folder);
};
