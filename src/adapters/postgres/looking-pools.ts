// Connections that measures look through: few, and none of those that batches and the door work with, so that a slow
// look never keeps either from its work.
import type pg from 'pg';
import type { DatabaseAddress } from './databases.ts';
import { createPool } from './pool.ts';

export interface LookingPools {
  /** A pack's database; undefined where this worker's config does not have it. */
  readonly of: (pack: string, name: string) => pg.Pool | undefined;
  readonly close: () => Promise<void>;
}

const CONNECTIONS = 4;

/** As long as the longest measure: its own timeout ends its waiting. */
const PATIENCE_SECONDS = 30;

/** One pool an address, opened at the first look. */
export const openLookingPools = (addresses: readonly DatabaseAddress[]): LookingPools => {
  const pools = new Map<string, pg.Pool>();
  const poolAt = (url: string): pg.Pool => {
    const pool =
      pools.get(url) ??
      createPool({
        url,
        max: CONNECTIONS,
        statementSeconds: PATIENCE_SECONDS,
        connectSeconds: PATIENCE_SECONDS,
      });
    pools.set(url, pool);
    return pool;
  };
  return {
    of: (pack, name) => {
      const address = addresses.find((each) => each.pack === pack && each.name === name);
      return address && poolAt(address.url);
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
};
