// What people said of an incident with their answers, in its row.
import type { Note } from '../../../domain/alerts/escalation.ts';
import type { Queryable } from '../pool.ts';

/** Once, however often it is told. */
export const addNote = async (tx: Queryable, number: number, note: Note): Promise<void> => {
  await tx.query(
    `UPDATE sexton.incident SET notes = notes || jsonb_build_array($2::jsonb)
     WHERE number = $1 AND NOT notes @> jsonb_build_array($2::jsonb)`,
    [number, JSON.stringify(note)],
  );
};

/** The oldest first. */
export const readNotes = async (home: Queryable, number: number): Promise<readonly Note[]> => {
  const { rows } = await home.query('SELECT notes FROM sexton.incident WHERE number = $1', [number]);
  const notes: readonly Note[] = rows[0]?.notes ?? [];
  return notes.toSorted((a, b) => a.at.localeCompare(b.at));
};
