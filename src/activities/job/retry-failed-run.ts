// Starts the run that makes good for a failed one: one per failed run, with what is declared now.
import { readRunOfIncident } from '../../adapters/postgres/alerts/incident-list.ts';
import { readRun } from '../../adapters/postgres/runs/run-list.ts';
import { readStart } from '../../adapters/temporal/executions.ts';
import { readScheduledInput } from '../../adapters/temporal/scheduled-input.ts';
import { startRetry } from '../../adapters/temporal/start-run.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { jobScheduleId } from '../../domain/ids.ts';
import type { JobInput, JobSnapshot } from '../../domain/jobs/job.ts';
import type { Dependencies } from '../dependencies.ts';
import { failure } from '../failures.ts';

export interface RetryFailedRunInput {
  /** The incident; 0 where it has no row yet. */
  readonly number: number;
  /** The run that it was about when its escalation heard of it last. */
  readonly runId: string | undefined;
  readonly by: string;
  /** Takes the failed run's cutoff instead of a new one. */
  readonly keepCutoff: boolean;
}

type Deps = Pick<Dependencies, 'databases' | 'temporal'>;

const refuse = (why: string): never => {
  throw failure(FAILURE_TYPES.answerRefused, `refused: ${why}`);
};

/** The workflow id of the run, started now or earlier. */
export const createRetryFailedRun =
  (dependencies: Deps) =>
  async ({
    number,
    runId: told,
    by,
    keepCutoff,
  }: RetryFailedRunInput): Promise<{ readonly workflowId: string }> => {
    const { databases, temporal } = dependencies;
    const runId = (await readRunOfIncident(databases.home, number)) ?? told;
    if (runId === undefined) return refuse('the incident is about no run');
    const failed = await readRun(databases.home, runId);
    if (!failed) return refuse(`there is no record of run ${runId}`);
    if (!failed.ended) return refuse(`${failed.workflowId} still goes on; \`sexton retry\` ends its wait`);
    if (failed.state.startsWith('completed'))
      return refuse(`${failed.workflowId} ${failed.state}: nothing to make good`);
    const job = await declaredNow(dependencies, failed);
    if (!job)
      return refuse(`neither the schedule of ${failed.job} nor the history of its run is there any more`);
    const cutoff = keepCutoff && failed.cutoff !== null ? { cutoff: failed.cutoff } : {};
    return { workflowId: await startRetry(temporal, job, { by, retryOf: runId, ...cutoff }) };
  };

/** What the schedule would start: a mended declaration must not be retried as it was when it failed. */
const declaredNow = async (
  { temporal }: Deps,
  failed: {
    readonly pack: string;
    readonly job: string;
    readonly workflowId: string;
    readonly runId: string;
  },
): Promise<JobSnapshot | undefined> => {
  const scheduled = await readScheduledInput(temporal, jobScheduleId(failed.pack, failed.job));
  const input = scheduled ?? (await readStart(temporal, failed))?.input;
  return (input as JobInput | undefined)?.job;
};
