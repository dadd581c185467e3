// What a step of orphans remembers: how far it has listed the store, and the objects that no row named. Candidates are
// neither tombstones nor deleted by anybody until they are made so, all of them or none.
import type { Upload } from '../../../domain/jobs/upload.ts';
import type { Queryable } from '../pool.ts';
import type { Cursor } from './ledger.ts';
import type { TombstoneOwner } from './tombstones.ts';

/** 1: the store is listed. 2: candidates become tombstones. 3: objects leave. */
export const STAGES = { listing: 1, burying: 2, sweeping: 3 } as const;

export interface OrphansPosition {
  readonly seq: number;
  /** Its stage. */
  readonly pass: number;
  readonly walk: 'store-listing';
  /** What `listed` makes of it. */
  readonly cursor: Cursor;
}

export interface Listed {
  /** The store's own, for the next page; empty for the first one. */
  readonly after: string;
  /** Objects below the prefix so far. */
  readonly seen: number;
  /** Those of them that an earlier run had found to be orphans, and that are still there. */
  readonly known: number;
}

export const listed = ({ cursor: [after = '', seen = '0', known = '0'] }: OrphansPosition): Listed => ({
  after,
  seen: Number(seen),
  known: Number(known),
});

export const cursorOf = ({ after, seen, known }: Listed): Cursor => [after, String(seen), String(known)];

/** From the step's last ledger row. */
export const readOrphansPosition = async (
  db: Queryable,
  { runId, step }: { readonly runId: string; readonly step: string },
): Promise<OrphansPosition> => {
  const { rows } = await db.query(
    'SELECT seq, pass, cursor FROM sexton.ledger WHERE run_id = $1 AND step = $2 ORDER BY seq DESC LIMIT 1',
    [runId, step],
  );
  const { seq = 0, pass = STAGES.listing, cursor = [] } = rows[0] ?? {};
  return { seq, pass, cursor, walk: 'store-listing' };
};

/** A step's candidates in one of its runs. */
export interface Candidates extends TombstoneOwner {
  readonly runId: string;
}

/** Those of earlier runs, some at a time; `false` once none is left. */
export const forgetEarlier = async (
  tx: Queryable,
  { pack, job, step, runId }: Candidates,
  limit: number,
): Promise<boolean> => {
  const { rowCount } = await tx.query(
    `DELETE FROM sexton.orphan WHERE ctid IN (
       SELECT ctid FROM sexton.orphan WHERE pack = $1 AND job = $2 AND step = $3 AND run_id <> $4 LIMIT $5)`,
    [pack, job, step, runId, limit],
  );
  return rowCount === limit;
};

/** Names among these that are tombstones already; `own` those of this step. */
export const readBuried = async (
  db: Queryable,
  { pack, job, step }: TombstoneOwner,
  names: readonly string[],
): Promise<readonly { readonly name: string; readonly own: boolean }[]> => {
  const { rows } = await db.query(
    `SELECT path AS name, pack = $1 AND job = $2 AND step = $3 AS own FROM sexton.tombstone WHERE path = ANY($4)`,
    [pack, job, step, names],
  );
  return rows;
};

/** A list may tell an object twice, where others come and go meanwhile. */
export const writeCandidates = async (
  tx: Queryable,
  { pack, job, step, runId }: Candidates,
  objects: readonly (Upload & { readonly path: string })[],
): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.orphan (run_id, step, pack, job, path, etag, uploaded_at)
     SELECT $1, $2, $3, $4, path, etag, to_timestamp(ms / 1000)
     FROM unnest($5::text[], $6::text[], $7::float8[]) found(path, etag, ms) ON CONFLICT DO NOTHING`,
    [
      runId,
      step,
      pack,
      job,
      objects.map(({ path }) => path),
      objects.map(({ etag }) => etag),
      objects.map(({ uploadedAtMs }) => uploadedAtMs),
    ],
  );
};

export const countCandidates = async (
  db: Queryable,
  { runId, step }: Pick<Candidates, 'runId' | 'step'>,
): Promise<number> => {
  const { rows } = await db.query(
    'SELECT count(*)::float8 AS n FROM sexton.orphan WHERE run_id = $1 AND step = $2',
    [runId, step],
  );
  return rows[0].n;
};

/** Makes tombstones of some candidates, and returns of how many. One that somebody else has buried meanwhile stays his. */
export const bury = async (
  tx: Queryable,
  { pack, job, step, runId }: Candidates,
  { graceSeconds, limit }: { readonly graceSeconds: number; readonly limit: number },
): Promise<number> => {
  const { rows } = await tx.query(
    `WITH taken AS (
       DELETE FROM sexton.orphan WHERE run_id = $1 AND step = $2 AND path IN (
         SELECT path FROM sexton.orphan WHERE run_id = $1 AND step = $2 ORDER BY path LIMIT $6)
       RETURNING path, etag, uploaded_at
     ), buried AS (
       INSERT INTO sexton.tombstone (path, pack, job, step, run_id, not_before, etag, uploaded_at)
       SELECT path, $3, $4, $2, $1, sexton.now() + make_interval(secs => $5), etag, uploaded_at FROM taken
       ON CONFLICT (path) DO NOTHING
     )
     SELECT count(*)::int AS n FROM taken`,
    [runId, step, pack, job, graceSeconds, limit],
  );
  return rows[0].n;
};
