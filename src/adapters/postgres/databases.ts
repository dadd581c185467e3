// Databases by name. Snapshots carry names only; this is where a name becomes a connection.
import type pg from 'pg';
import { createPool } from './pool.ts';

export interface DatabaseAddress {
  readonly pack: string;
  readonly name: string;
  readonly url: string;
}

export interface Databases {
  /** Sexton's own: runs, alerts, incidents. */
  readonly home: pg.Pool;
  /** A pack's database; undefined where this worker's config does not have it. */
  readonly of: (pack: string, name: string) => pg.Pool | undefined;
  readonly close: () => Promise<void>;
}

export const openDatabases = (
  home: { readonly url: string },
  targets: readonly DatabaseAddress[],
): Databases => {
  const homePool = createPool({ url: home.url });
  const pools = new Map(targets.map(({ pack, name, url }) => [`${pack}/${name}`, createPool({ url })]));
  return {
    home: homePool,
    of: (pack, name) => pools.get(`${pack}/${name}`),
    close: async () => {
      await Promise.all([homePool, ...pools.values()].map((pool) => pool.end()));
    },
  };
};
