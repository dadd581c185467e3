// Letters as they were written, and what became of each at each target.
import type { Letter, LetterOutcome } from '../../../domain/letters/letter.ts';
import type { Queryable } from '../pool.ts';

/** Writes a letter once; asked again with its key it returns the one that is there. */
export const writeLetter = async (home: Queryable, letter: Letter, keepSeconds: number): Promise<number> => {
  const { key, pack, kind, name } = letter;
  const { rows } = await home.query(
    `INSERT INTO sexton.letter (key, pack, kind, name, letter, keep_until)
     VALUES ($1, $2, $3, $4, $5, sexton.now() + make_interval(secs => $6))
     ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id`,
    [key, pack, kind, name, JSON.stringify(letter), keepSeconds],
  );
  return Number(rows[0].id);
};

export const readLetter = async (home: Queryable, id: number): Promise<Letter | undefined> => {
  const { rows } = await home.query('SELECT letter FROM sexton.letter WHERE id = $1', [id]);
  return rows[0]?.letter;
};

/** The number of the letter of that key; undefined where there is none. */
export const readLetterByKey = async (home: Queryable, key: string): Promise<number | undefined> => {
  const { rows } = await home.query('SELECT id::float8 AS id FROM sexton.letter WHERE key = $1', [key]);
  return rows[0]?.id;
};

export interface ClaimedLetter {
  readonly state: 'claimed' | LetterOutcome;
  /** A try before this one may have reached the provider. */
  readonly again: boolean;
  /** Of tries before this one. */
  readonly failures: number;
  readonly ageSeconds: number;
}

/** Right before a letter is sent to a target, so that whoever tries again knows of it. */
export const claimLetter = async (home: Queryable, id: number, target: string): Promise<ClaimedLetter> => {
  const { rows } = await home.query(
    `INSERT INTO sexton.letter_message AS told (letter, target, keep_until)
     SELECT id, $2, keep_until FROM sexton.letter WHERE id = $1
     ON CONFLICT (letter, target) DO UPDATE SET target = excluded.target
     RETURNING state, failures, xmax <> 0 AS again,
       extract(epoch FROM sexton.now() - claimed_at)::float8 AS "ageSeconds"`,
    [id, target],
  );
  return rows[0];
};

/** After a try: `claimed` where another follows. */
export const settleLetter = async (
  home: Queryable,
  { id, target }: { readonly id: number; readonly target: string },
  {
    state,
    error,
    receipt,
  }: { readonly state: ClaimedLetter['state']; readonly error?: string; readonly receipt?: string },
): Promise<void> => {
  await home.query(
    `UPDATE sexton.letter_message SET state = $3, error = $4::text, receipt = coalesce($5, receipt),
       failures = failures + ($4::text IS NOT NULL)::int, settled_at = CASE WHEN $3 <> 'claimed' THEN sexton.now() END
     WHERE letter = $1 AND target = $2`,
    [id, target, state, error ?? null, receipt ?? null],
  );
};

export interface ToldLetter {
  readonly target: string;
  readonly state: ClaimedLetter['state'];
  readonly error: string | null;
}

export const whoGotLetter = async (home: Queryable, id: number): Promise<readonly ToldLetter[]> => {
  const { rows } = await home.query(
    'SELECT target, state, error FROM sexton.letter_message WHERE letter = $1 ORDER BY target',
    [id],
  );
  return rows;
};
