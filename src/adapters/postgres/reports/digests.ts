// Digests that were made, and who has signed them off.
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

type SignOffState = 'none' | 'open' | 'signed' | 'unsigned';

interface Digest {
  /** Its letter's; it has no other. */
  readonly letter: number;
  readonly pack: string;
  readonly name: string;
  readonly tick: string;
  readonly workflowId: string;
  readonly reports: readonly number[];
  readonly status: string | null;
}

export interface MadeDigest extends Digest {
  /** Seconds from now; absent where nobody is asked. */
  readonly signOffSeconds?: number;
  readonly keepSeconds: number;
}

/** Writes it once. */
export const writeDigest = async (home: Queryable, digest: MadeDigest): Promise<void> => {
  const { letter, pack, name, tick, workflowId, reports, status, signOffSeconds, keepSeconds } = digest;
  await home.query(
    `INSERT INTO sexton.digest (letter, pack, name, tick, workflow_id, reports, status, sign_off, due_at, keep_until)
     VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8::float8 IS NULL THEN 'none' ELSE 'open' END,
       sexton.now() + make_interval(secs => $8), sexton.now() + make_interval(secs => $9))
     ON CONFLICT (letter) DO NOTHING`,
    [letter, pack, name, tick, workflowId, reports, status, signOffSeconds ?? null, keepSeconds],
  );
};

export interface SignOff {
  readonly state: 'signed' | 'unsigned';
  readonly by?: string;
  readonly note?: string;
}

/** The first answer stands. */
export const recordSignOff = async (
  home: Queryable,
  letter: number,
  { state, by, note }: SignOff,
): Promise<void> => {
  await home.query(
    `UPDATE sexton.digest SET sign_off = $2, signed_by = $3, note = $4,
       signed_at = CASE WHEN $2 = 'signed' THEN sexton.now() END
     WHERE letter = $1 AND sign_off = 'open'`,
    [letter, state, by ?? null, note ?? null],
  );
};

export interface ListedDigest extends Digest {
  readonly signOff: SignOffState;
  readonly dueAt: string | null;
  readonly signedBy: string | null;
  readonly signedAt: string | null;
  readonly note: string | null;
}

const COLUMNS = `letter::float8 AS letter, pack, name, ${isoSql('tick', 'seconds')} AS tick,
  workflow_id AS "workflowId", reports::float8[] AS reports, status, sign_off AS "signOff",
  ${isoSql('due_at', 'seconds')} AS "dueAt", signed_by AS "signedBy", ${isoSql('signed_at', 'seconds')} AS "signedAt", note`;

/** Newest first; of one digest, or of all. */
export const listDigests = async (
  home: Queryable,
  { pack, name, most }: { readonly pack?: string; readonly name?: string; readonly most: number },
): Promise<readonly ListedDigest[]> => {
  const { rows } = await home.query(
    `SELECT ${COLUMNS} FROM sexton.digest
     WHERE ($1::text IS NULL OR pack = $1) AND ($2::text IS NULL OR name = $2) ORDER BY tick DESC, letter DESC LIMIT $3`,
    [pack ?? null, name ?? null, most],
  );
  return rows;
};
