// Runs that an operator meets on their way: slow ones on a desk, what they say of themselves, and how a test lets them end.
import type { CatalogJob } from '../../../src/catalog/catalog.ts';
import type { JobState } from '../../../src/domain/jobs/state.ts';
import { eventually } from '../eventually.ts';
import type { Desk } from '../programs/desk.ts';
import { ledgerSum } from '../programs/house.ts';

type Handle = Awaited<ReturnType<Desk['start']>>;

export const stateOf = (handle: Handle): Promise<JobState> => handle.query<JobState>('state');

/** Twenty-five seconds' worth: no test takes that long before it does something about its run. */
export const ROWS = 500;

/** A run at twenty rows a second that has taken some, and has a while to go. */
export const aSlowRun = async (
  desk: Desk,
): Promise<{ readonly job: CatalogJob; readonly handle: Handle }> => {
  const job = await desk.declare(ROWS);
  const handle = await desk.start(job, { rowsPerSecond: 20 });
  await eventually('it has deleted something', async () => (await desk.rowsOf(job)) < ROWS);
  return { job, handle };
};

/** Until the job's lock is free, as a run that is paused leaves it. */
export const lockIsFree = async (desk: Desk, job: CatalogJob): Promise<void> => {
  await eventually('the lock is let go of', async () => !(await desk.lock.read(job.snapshot.lockKey)));
};

/** Leaves so few rows that the run, once let go, is soon over; returns how many it will have deleted. */
export const shorten = async (desk: Desk, job: CatalogJob, handle: Handle): Promise<number> => {
  await desk.db.query(
    `DELETE FROM public.${job.name} WHERE id NOT IN (SELECT id FROM public.${job.name} LIMIT 10)`,
  );
  return (await ledgerSum(desk.db, handle.firstExecutionRunId)) + 10;
};

/** What the audit log has of one action upon the job, in the order in which it was written. */
export const auditOfJob = async (desk: Desk, { name }: CatalogJob, action: string) =>
  (
    await desk.db.query(
      `SELECT metadata, run_id AS "runId" FROM sexton.audit_log
       WHERE action = $2 AND metadata ->> 'job' = $1 ORDER BY id`,
      [name, action],
    )
  ).rows;

export const stopByForce = (desk: Desk, handle: Handle) =>
  desk.sexton('stop', handle.workflowId, '--force', '--reason', 'the test is over', '--by', 'test');
