// Check-ins of scheduled runs: begun, then how it ended. Runs that a person started are no news of a schedule, and a dry
// run did nothing.
import type { CheckIn, CheckIns } from '../../channels/sentry/check-in.ts';
import { jobId } from '../../domain/ids.ts';
import type { JobSnapshot, RunRequest } from '../../domain/jobs/job.ts';
import type { EndState } from '../../domain/jobs/run.ts';
import type { RunRef } from '../dependencies.ts';

interface Scheduled {
  readonly job: Pick<JobSnapshot, 'pack' | 'name'>;
  readonly request: RunRequest;
  readonly run: RunRef;
}

/** A tick that found the last run still at work was no failure of the schedule. */
const WELL: readonly EndState[] = ['completed', 'completedWithWarnings', 'skipped'];

const checkIn = ({ job, request, run }: Scheduled): Pick<CheckIn, 'id' | 'run'> | undefined =>
  request.trigger === 'schedule' && !request.dryRun
    ? { id: jobId(job.pack, job.name), run: run.runId }
    : undefined;

/** `begin`, told of first. */
export const withBeginning =
  <Input extends Scheduled, Result>(
    checkIns: CheckIns | undefined,
    begin: (input: Input) => Promise<Result>,
  ): ((input: Input) => Promise<Result>) =>
  (input) => {
    const about = checkIn(input);
    if (about) checkIns?.tell({ ...about, status: 'in_progress' });
    return begin(input);
  };

/** `finish`, told of once it is written. */
export const withEnd =
  <Input extends Scheduled, Result extends { readonly state: EndState; readonly durationSeconds: number }>(
    checkIns: CheckIns | undefined,
    finish: (input: Input) => Promise<Result>,
  ): ((input: Input) => Promise<Result>) =>
  async (input) => {
    const result = await finish(input);
    const about = checkIn(input);
    const { state, durationSeconds } = result;
    if (about) checkIns?.tell({ ...about, status: WELL.includes(state) ? 'ok' : 'error', durationSeconds });
    return result;
  };
