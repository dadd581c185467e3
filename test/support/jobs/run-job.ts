// A run's activities one after the other, as its workflow would call them, with what they told.
import type { BeginInput } from '../../../src/activities/job/begin.ts';
import type { ControlledRun } from '../../../src/activities/job/control.ts';
import type { SliceResult } from '../../../src/activities/slice/slice.ts';
import type { JobSnapshot, RunPlan, RunRequest } from '../../../src/domain/jobs/job.ts';
import type { Ending, RunResult } from '../../../src/domain/jobs/run.ts';
import type { Engine } from '../engine.ts';
import { unique } from '../stack.ts';
import { aJob } from './builders.ts';

export interface BegunRun extends BeginInput {
  readonly plan: RunPlan;
}

export const aRun = (job: JobSnapshot = aJob(), request: RunRequest = {}): BeginInput => ({
  job,
  request,
  run: { runId: unique('run'), workflowId: unique('job/test') },
});

/** Begins a run of the job; fails where another one holds its lock. */
export const beginRun = async (engine: Engine, input: BeginInput = aRun()): Promise<BegunRun> => {
  const result = await engine.run(engine.activities.begin, input);
  if (!result.begun) throw new Error(`not begun: ${result.heldBy ?? 'it asks for approval'}`);
  return { ...input, plan: result.plan };
};

/** One slice of the run's first step. */
export const runSlice = (
  engine: Engine,
  { job, plan }: BegunRun,
  number = 1,
  attempt = 1,
): Promise<SliceResult> => engine.run(engine.activities.slice, { job, plan, slice: number }, attempt);

/** Step after step, slices until one is done, each under its own number. */
export const sliceRun = async (engine: Engine, { job, plan }: BegunRun): Promise<void> => {
  let slice = 0;
  for (const { name: step } of job.steps) {
    for (let done = false; !done; ) {
      slice += 1;
      ({ done } = await engine.run(engine.activities.slice, { job, plan, slice, step }));
    }
  }
};

export const finishRun = (
  engine: Engine,
  input: BeginInput & { readonly plan?: RunPlan },
  ending: Ending = { state: 'completed' },
  attempt = 1,
): Promise<RunResult> => engine.run(engine.activities.finish, { ...input, ending }, attempt);

/** The run as they name it who pause, stop or resume it. */
export const controlled = ({ job, run }: Pick<BeginInput, 'job' | 'run'>): ControlledRun => {
  const { pack, name, resourceType, lockKey } = job;
  return { pack, job: name, database: 'app', resourceType, lockKey, runId: run.runId };
};

export interface AuditRow {
  readonly actor: string;
  readonly action: string;
  readonly resource_type: string;
  readonly timestamp: Date;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly pack: string;
}

/** What the audit log says of a run, in the order in which it was written. */
export const auditOf = async ({ db }: Engine, { run }: Pick<BeginInput, 'run'>): Promise<AuditRow[]> =>
  (
    await db.query(
      `SELECT actor, action, resource_type, "timestamp", metadata, pack FROM sexton.audit_log
       WHERE run_id = $1 ORDER BY id`,
      [run.runId],
    )
  ).rows;

/** What the audit log says beside one action of a run, for each time that it was told. */
export const toldOf = async (
  engine: Engine,
  input: Pick<BeginInput, 'run'>,
  action: string,
): Promise<AuditRow['metadata'][]> =>
  (await auditOf(engine, input)).filter((row) => row.action === action).map(({ metadata }) => metadata);

/** The run's row in the home database. */
export const homeRowOf = async (
  { db }: Engine,
  { run }: Pick<BeginInput, 'run'>,
): Promise<Readonly<Record<string, unknown>> | undefined> =>
  (await db.query('SELECT * FROM sexton.run WHERE run_id = $1', [run.runId])).rows[0];
