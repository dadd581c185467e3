// Things taken each by itself in one transaction, so that one that fails takes no other with it.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { isContention, isRowFault } from '../failures.ts';

export interface TakenApart<T> {
  /** Those that failed by themselves, and why. */
  readonly faults: ReadonlyMap<T, unknown>;
  /** How many others hold. */
  readonly locked: number;
}

/** Rejects with what is no thing's own fault. */
export const eachApart = async <T>(
  tx: Queryable,
  things: readonly T[],
  take: (thing: T) => Promise<void>,
): Promise<TakenApart<T>> => {
  // A deferred constraint would object only at the commit, when nobody knows any more to which row.
  await tx.query('SET CONSTRAINTS ALL IMMEDIATE');
  const faults = new Map<T, unknown>();
  let locked = 0;
  for (const thing of things) {
    await tx.query('SAVEPOINT one_thing');
    try {
      await take(thing);
    } catch (error) {
      if (!isRowFault(error) && !isContention(error)) throw error;
      await tx.query('ROLLBACK TO SAVEPOINT one_thing');
      if (isContention(error)) locked += 1;
      else faults.set(thing, error);
    }
    await tx.query('RELEASE SAVEPOINT one_thing');
  }
  return { faults, locked };
};
