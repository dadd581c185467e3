// Seeds every pack's base scenario, unless that would empty tables that somebody else filled; later, what the second
// half of the story needs again.
import type { Catalog } from '../../catalog/catalog.ts';
import type { SeedBlobs } from '../../catalog/define/pack.ts';
import { BASE, requireEmptyTables, scenariosNamed, seedPack } from '../../client/seed/seed.ts';

export { WouldLoseRows } from '../../client/seed/seed.ts';

/** Rejects with WouldLoseRows unless the demo may fill the tables of a database that somebody stated. */
export const refuseFilledTables = (catalog: Catalog): Promise<void> => {
  const advice =
    'the demo seeds empty tables only, and this is a database that you stated. ' +
    'State an empty one, or none to have one brought along';
  // Those without a scenario as well: the demo runs every job.
  return requireEmptyTables(catalog, { jobs: catalog.jobs, advice });
};

/** Empties what it fills: only for databases whose rows may go. */
export const seedPacks = async (catalog: Catalog, blobs?: SeedBlobs): Promise<void> => {
  const now = new Date();
  for (const chosen of scenariosNamed(catalog.packs, BASE))
    await seedPack({ ...chosen, catalog, now, blobs });
};

/** A scenario that fills tables again which the demo filled before; undefined where no pack has it. */
export const seedAgain = (catalog: Catalog, scenario: string): (() => Promise<void>) | undefined => {
  const found = scenariosNamed(catalog.packs, scenario);
  if (found.length === 0) return undefined;
  return async () => {
    for (const chosen of found) await seedPack({ ...chosen, catalog, now: new Date() });
  };
};
