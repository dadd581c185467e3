// Who takes whose turn, as decided at run time. Rows are added and withdrawn, never changed, so they are their own audit.
import type { OnCallOverride } from '../../../domain/alerts/on-call.ts';
import type { Queryable } from '../pool.ts';

/** One override with its author. */
export interface RecordedOverride extends OnCallOverride {
  readonly id: number;
  readonly rotation: string;
  readonly by: string;
  /** ISO-8601. */
  readonly at: string;
  readonly reason: string | null;
}

const COLUMNS = `id::float8 AS id, rotation, person, made_by AS by, made_at AS at, reason,
  (extract(epoch FROM from_at) * 1000)::float8 AS "fromMs", (extract(epoch FROM until_at) * 1000)::float8 AS "untilMs"`;

/** Those in force at an instant or later, by rotation, newest first: of two at once the newer one counts. */
export const readOverrides = async (
  db: Queryable,
  rotations: readonly string[],
  sinceIso: string,
): Promise<Readonly<Record<string, readonly RecordedOverride[]>>> => {
  const { rows } = await db.query(
    `SELECT ${COLUMNS} FROM sexton.on_call_override
     WHERE rotation = ANY($1) AND until_at > $2 AND withdrawn_at IS NULL ORDER BY id DESC`,
    [rotations, sinceIso],
  );
  const found = rows.map((row): RecordedOverride => ({ ...row, at: row.at.toISOString() }));
  return Object.fromEntries(rotations.map((name) => [name, found.filter((each) => each.rotation === name)]));
};

export interface NewOverride {
  readonly rotation: string;
  readonly person: string;
  readonly from: Date;
  readonly until: Date;
  readonly by: string;
  readonly reason?: string | undefined;
}

/** Its number. */
export const addOverride = async (
  db: Queryable,
  { rotation, person, from, until, by, reason }: NewOverride,
): Promise<number> => {
  const { rows } = await db.query(
    `INSERT INTO sexton.on_call_override (rotation, person, from_at, until_at, made_by, reason)
     VALUES ($1, $2, $3, $4, $5, $6) RETURNING id::float8 AS id`,
    [rotation, person, from, until, by, reason ?? null],
  );
  return rows[0].id;
};

/** False where there is none of this number that is still in force. */
export const withdrawOverride = async (db: Queryable, id: number, by: string): Promise<boolean> => {
  const { rowCount } = await db.query(
    `UPDATE sexton.on_call_override SET withdrawn_by = $2, withdrawn_at = sexton.now()
     WHERE id = $1 AND withdrawn_at IS NULL`,
    [id, by],
  );
  return rowCount === 1;
};
