// The manual resolution queue of a target database: items that failed by themselves and wait for a person.
import type { Queryable } from '../pool.ts';

export interface SetAside {
  readonly job: string;
  readonly resourceType: string;
  readonly runId: string;
  /** What the item is called: its key, or the path of its object. */
  readonly resourceId: string;
  /** Class of what went wrong, e.g. an SQLSTATE. */
  readonly failureMode: string;
  readonly error: string;
}

/** Once per item while it is pending (SLA-22). */
export const setAside = async (tx: Queryable, item: SetAside): Promise<void> => {
  await tx.query(
    `INSERT INTO sexton.manual_resolution_queue (source_job, resource_type, resource_id, failure_mode, run_id, error)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [item.job, item.resourceType, item.resourceId, item.failureMode, item.runId, item.error],
  );
};

/** Items of a job that wait; no run touches them until somebody has resolved them. */
export const readPending = async (db: Queryable, job: string): Promise<readonly string[]> => {
  const { rows } = await db.query(
    `SELECT resource_id AS id FROM sexton.manual_resolution_queue WHERE source_job = $1 AND status = 'pending'`,
    [job],
  );
  return rows.map((row): string => row.id);
};
