// What measures look at, and how: handed in by the worker.
import type { Client } from '@temporalio/client';
import type pg from 'pg';
import type { Databases } from '../../adapters/postgres/databases.ts';
import { MeasureError } from './measure-kind.ts';

/** What this worker's configuration declares, as far as measures compare with it. */
export interface Declared {
  readonly jobs: readonly DeclaredJob[];
  readonly monitors: readonly DeclaredMonitor[];
}

export interface DeclaredJob {
  readonly pack: string;
  readonly name: string;
  /** Five cron fields, UTC. */
  readonly schedule: string;
  readonly budgetSeconds: number;
  readonly resourceType: string;
}

export interface DeclaredMonitor {
  readonly pack: string;
  readonly name: string;
  readonly cadenceSeconds: number;
  /** Between two ticks at most; the cadence where they are evenly spaced. */
  readonly longestGapSeconds?: number;
}

export interface LookingDependencies {
  readonly databases: Databases;
  /** Connections of their own; those of `databases` where there are none. */
  readonly looking?: Pick<Databases, 'of'>;
  readonly temporal: Client;
  /** Where locks are kept. */
  readonly redisUrl?: string;
  readonly declared?: Declared;
  /** The value of a pack's variable; undefined where this worker's environment has none. */
  readonly variables?: (pack: string, name: string) => string | undefined;
}

/** A database by its name in the pack. */
export const lookingAt = (
  { looking, databases }: LookingDependencies,
  pack: string,
  name: string,
): pg.Pool => {
  const pool = (looking ?? databases).of(pack, name);
  if (pool) return pool;
  throw new MeasureError(
    'UNKNOWN_NAME',
    `pack ${pack} has no database ${name} in this worker's configuration`,
  );
};

/** What a pack declares, all of it or those that are named by name or id. */
export const ofPack = <T extends { readonly pack: string; readonly name: string }>(
  all: readonly T[],
  pack: string,
  names?: readonly string[],
): readonly T[] =>
  all.filter(
    (each) =>
      each.pack === pack &&
      (!names || names.some((name) => name === each.name || name.endsWith(`/${each.name}`))),
  );
