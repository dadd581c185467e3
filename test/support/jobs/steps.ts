// The steps of a job as most tests mean them: the first one that takes rows.
import type { JobSnapshot } from '../../../src/domain/jobs/job.ts';
import {
  type BatchedStep,
  batchedSteps,
  type Selection,
  type StepSnapshot,
} from '../../../src/domain/jobs/step.ts';
import { unique } from '../stack.ts';
import { aJob } from './builders.ts';

/** A job whose only step is of one kind. */
export type JobOf<Step extends StepSnapshot> = JobSnapshot & { readonly steps: readonly [Step] };

export const firstStep = (job: Pick<JobSnapshot, 'steps'>): BatchedStep => {
  const [step] = batchedSteps(job);
  if (!step) throw new Error('the job has no step that takes rows');
  return step;
};

/** A job of these steps, on the tests' database. */
export const aJobOf = (steps: readonly StepSnapshot[], change: Partial<JobSnapshot> = {}): JobSnapshot => {
  const name = unique('job');
  const [first, ...others] = steps;
  if (!first) throw new Error('a job needs a step');
  return { ...aJob({ name, lockKey: `lock:cleanup:${name}`, ...change }), steps: [first, ...others] };
};

/** Rows of a table of the test's own with key `id` that became old more than a day ago by `at`. */
export const oldRowsOf = (table: string, change: Partial<Selection> = {}): Selection => ({
  database: 'app',
  schema: 'public',
  table,
  key: ['id'],
  age: { column: 'at', olderThanSeconds: 86_400 },
  orderBy: ['at', 'id'],
  ...change,
});
