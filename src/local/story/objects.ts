// What the story sees of files: in the store itself, not through the engine's adapter, and in the rows that name them.
import pg from 'pg';
import type { CatalogJob } from '../../catalog/catalog.ts';
import { tableName } from './tables.ts';

/** A blob store as its owner sees it. */
export interface StoreWitness {
  readonly paths: () => readonly string[];
  /** How often it has answered 429. */
  readonly askedToWait: () => number;
}

/** Files and their rows, before a run or after it. */
export interface ObjectsSeen {
  /** Files of rows before the cutoff. */
  readonly due: readonly string[];
  /** Rows before the cutoff that name no file any more and say since when. */
  readonly cleared: number;
  readonly tombstones: number;
  readonly inStore: readonly string[];
}

export const lookAtObjects = async (
  db: pg.Client,
  { job, cutoff, store }: { readonly job: CatalogJob; readonly cutoff: string; readonly store: StoreWitness },
): Promise<ObjectsSeen | undefined> => {
  const step = job.snapshot.steps.find(({ action }) => action === 'blobs');
  if (step?.action !== 'blobs') return undefined;
  const { selection, blobs } = step;
  const path = pg.escapeIdentifier(blobs.column);
  const old = `${pg.escapeIdentifier(selection.age.column)} < $1::timestamptz`;
  const stamped =
    blobs.deletedAt === undefined ? 'true' : `${pg.escapeIdentifier(blobs.deletedAt)} IS NOT NULL`;
  const { rows } = await db.query(
    `SELECT coalesce(array_agg(${path}) FILTER (WHERE ${old} AND ${path} IS NOT NULL), '{}') AS due,
       count(*) FILTER (WHERE ${old} AND ${path} IS NULL AND ${stamped})::int AS cleared,
       (SELECT count(*)::int FROM sexton.tombstone WHERE pack = $2 AND job = $3) AS tombstones
     FROM ${tableName(selection)}`,
    [cutoff, job.pack, job.name],
  );
  return { ...rows[0], inStore: store.paths() };
};
