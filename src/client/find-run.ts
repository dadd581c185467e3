// RUN, as a person types it: a run's id, its workflow's id, or a job's name for the run of it that goes on.
import { type ListedRun, readOpenRunsOf, readRun } from '../adapters/postgres/runs/run-list.ts';
import { type CatalogJob, findJob, UnknownNameError } from '../catalog/catalog.ts';
import { jobId } from '../domain/ids.ts';
import type { Session } from './context.ts';
import { withPool } from './with-pool.ts';

/** The workflow to ask, or the reason why there is none. */
export type FoundRun =
  | {
      readonly goesOn: true;
      readonly workflowId: string;
      /** Unknown where the workflow was named: then no database was asked. */
      readonly runId?: string;
      readonly job?: CatalogJob | undefined;
    }
  | {
      readonly goesOn: false;
      /** The job's name, for sentences. */
      readonly jobName: string;
      readonly job?: CatalogJob | undefined;
      /** The named run, where it was one that has ended. */
      readonly ended?: ListedRun;
    };

const WORKFLOW_ID = /^(job|retry)\/./;

/** Rejects with UnknownNameError where the text means nothing, or several runs. */
export const findRun = async (
  { catalog }: Pick<Session, 'catalog'>,
  text: string,
  verb: string,
): Promise<FoundRun> => {
  const isJob = catalog.jobs.some(({ id, name }) => id === text || name === text);
  // A pack may be called `job`, so a job's id goes first.
  if (!isJob && WORKFLOW_ID.test(text)) return { goesOn: true, workflowId: text };
  return withPool(catalog.home.url, async (home) => {
    const run = isJob ? undefined : await readRun(home, text);
    if (run) return namedRun(catalog.jobs, run);
    const job = findJob(catalog, text);
    return ofJob(job, await readOpenRunsOf(home, { pack: job.pack, job: job.name }), verb);
  });
};

const namedRun = (jobs: readonly CatalogJob[], run: ListedRun): FoundRun => {
  const { workflowId, runId } = run;
  const job = jobs.find(({ id }) => id === jobId(run.pack, run.job));
  if (run.ended) return { goesOn: false, jobName: run.job, job, ended: run };
  return { goesOn: true, workflowId, runId, job };
};

const ofJob = (job: CatalogJob, open: readonly ListedRun[], verb: string): FoundRun => {
  const [only, ...others] = open;
  if (!only) return { goesOn: false, jobName: job.name, job };
  if (others.length === 0) return { goesOn: true, workflowId: only.workflowId, runId: only.runId, job };
  const ids = open.map(({ workflowId }) => workflowId);
  const lines = ids.map((id) => `  sexton ${verb} ${id}`);
  throw new UnknownNameError(
    `${open.length} runs of ${job.name} go on, so name one:\n${lines.join('\n')}`,
    ids,
  );
};
