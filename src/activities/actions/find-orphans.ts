// Which objects of a page of the store's listing no row names. What is young, and what is a tombstone already, is no orphan.
import { namesOf } from '../../adapters/blob-names.ts';
import type { ListedObject } from '../../adapters/blob-store.ts';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { readBuried } from '../../adapters/postgres/runs/orphans.ts';
import { readReferenced, type TombstoneOwner } from '../../adapters/postgres/runs/tombstones.ts';
import type { OrphansStep } from '../../domain/jobs/orphans.ts';

export interface FoundOrphans {
  readonly orphans: readonly ListedObject[];
  /** Objects that an earlier run of the step has found, and that are still there. */
  readonly known: number;
}

interface FindInput {
  readonly step: OrphansStep;
  readonly owner: TombstoneOwner;
  readonly storeId: string;
  /** Uploads from here on are young; epoch milliseconds. */
  readonly cutoffMs: number;
}

export const findOrphans = async (
  db: Queryable,
  { step, owner, storeId, cutoffMs }: FindInput,
  page: readonly ListedObject[],
): Promise<FoundOrphans> => {
  const old = page
    .filter(({ uploadedAtMs }) => uploadedAtMs < cutoffMs)
    .map((object) => ({ object, names: [...namesOf(storeId, object.path), ...object.addresses] }));
  const names = old.flatMap((each) => each.names);
  const held = await readReferenced(db, step.orphans.referencedBy, names);
  const buried = await readBuried(db, owner, names);
  const taken = new Set([...held, ...buried.map(({ name }) => name)]);
  return {
    orphans: old.filter((each) => !each.names.some((name) => taken.has(name))).map(({ object }) => object),
    known: buried.filter(({ own }) => own).length,
  };
};
