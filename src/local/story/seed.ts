// Seeds every pack's base scenario, unless that would empty tables that somebody else filled.
import type { Catalog } from '../../catalog/catalog.ts';
import { targetOf } from '../../client/target.ts';
import { countTable, withClient } from './tables.ts';

/** The tables hold rows that are not the demo's. Nothing was changed. */
export class WouldLoseRows extends Error {
  override readonly name = 'WouldLoseRows';
}

const BASE = 'base';

/** `ours` is true for databases of the embedded stack, whose rows are thrown away anyway. */
export const seedPacks = async (catalog: Catalog, ours: boolean): Promise<void> => {
  if (!ours) await requireEmptyTables(catalog);
  for (const pack of catalog.packs) {
    const scenario = pack.seed?.scenarios[BASE];
    if (!scenario) continue;
    for (const { name, url } of catalog.databases.filter((database) => database.pack === pack.name)) {
      await withClient(url, (client) =>
        scenario({
          now: new Date(),
          database: (wanted) => {
            if (wanted === name) return client;
            throw new Error(
              `scenario ${BASE} of pack ${pack.name} asks for database ${wanted} while ${name} is seeded`,
            );
          },
        }),
      );
    }
  }
};

const requireEmptyTables = async (catalog: Catalog): Promise<void> => {
  for (const job of catalog.jobs) {
    const { selection } = job.snapshot.steps[0];
    const { rows } = await withClient(targetOf(catalog, job).url, (client) =>
      countTable(client, selection, 'infinity'),
    );
    if (rows === 0) continue;
    throw new WouldLoseRows(
      `${selection.table} in the database that you stated holds ${rows} rows; the demo seeds empty tables only. ` +
        'State an empty database, or none to have one brought along',
    );
  }
};
