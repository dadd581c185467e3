// Checklists in the home database: one row each, and one a step that somebody completed.
import type { ChecklistState, DoneStep } from '../../../domain/checklists/checklist.ts';
import { isoSql } from '../iso.ts';
import type { Queryable } from '../pool.ts';

interface Written {
  readonly runId: string;
  readonly workflowId: string;
  readonly state: ChecklistState;
}

/** The name of the sign-off among the steps of a row; no step of a checklist may have a blank in its name. */
const SIGN_OFF = 'sign off';

/** An older state never goes over a newer one, and nothing that was said is ever changed. */
export const writeChecklist = async (tx: Queryable, { runId, workflowId, state }: Written): Promise<void> => {
  const { pack, checklist, title, startedBy, startedAt, done, signOff, abandoned } = state;
  const ended = abandoned ?? signOff?.done ?? (state.state === 'completed' ? done.at(-1) : undefined);
  const changes = done.length + (signOff?.done ? 1 : 0) + (abandoned ? 1 : 0);
  await tx.query(
    `INSERT INTO sexton.checklist AS c (run_id, workflow_id, pack, name, title, state, snapshot, changes, started_by,
       started_at, ended_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (run_id) DO UPDATE SET state = $6, snapshot = $7, changes = $8, ended_at = $11 WHERE c.changes < $8`,
    [
      runId,
      workflowId,
      pack,
      checklist,
      title,
      state.state,
      JSON.stringify(state),
      changes,
      startedBy,
      startedAt,
      ended?.at ?? null,
    ],
  );
  const said: readonly DoneStep[] = [
    ...done,
    ...(signOff?.done ? [{ step: SIGN_OFF, ...signOff.done }] : []),
  ];
  for (const { step, by, at, note } of said)
    await tx.query(
      `INSERT INTO sexton.checklist_step (run_id, step, done_by, done_at, note)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [runId, step, by, at, note],
    );
};

export interface ListedChecklist {
  readonly runId: string;
  readonly workflowId: string;
  readonly endedAt: string | null;
  readonly state: ChecklistState;
}

/** The newest of a name; undefined where it was never started. */
export const readNewestChecklist = async (
  home: Queryable,
  { pack, name }: { readonly pack: string; readonly name: string },
): Promise<ListedChecklist | undefined> => {
  const { rows } = await home.query(
    `SELECT run_id AS "runId", workflow_id AS "workflowId", ${isoSql('ended_at', 'seconds')} AS "endedAt", snapshot AS state
     FROM sexton.checklist WHERE pack = $1 AND name = $2 ORDER BY started_at DESC LIMIT 1`,
    [pack, name],
  );
  return rows[0];
};
