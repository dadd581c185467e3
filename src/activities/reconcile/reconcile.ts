// `reconcile`: finishes what a crash, a termination or an outage left between two steps. Everything here may be
// done twice, and by two workers at once.
import { Context } from '@temporalio/activity';
import { insertRun } from '../../adapters/postgres/runs/runs.ts';
import { readKnownWorkflows, readOpenRuns } from '../../adapters/postgres/runs/unfinished-runs.ts';
import { isClosed, listAbnormalCloses, readStart } from '../../adapters/temporal/executions.ts';
import type { JobInput } from '../../domain/jobs/job.ts';
import type { ReconcileResult, ReconcileSettings } from '../../domain/reconcile.ts';
import type { Dependencies } from '../dependencies.ts';
import { runIdentity } from '../job/run-identity.ts';
import { apart } from './apart.ts';
import { copyEndings } from './copy-endings.ts';
import { openHeld } from './end-holds.ts';
import { endLostRun } from './end-lost-run.ts';
import { handOverIncidents } from './hand-over-incidents.ts';

export const createReconcile =
  (dependencies: Dependencies) =>
  async (settings: ReconcileSettings): Promise<ReconcileResult> => {
    const { waitedSeconds, closedWithinSeconds } = settings;
    // People first: what follows only completes records.
    let released: Awaited<ReturnType<typeof openHeld>> = [];
    await apart('holds', async () => {
      released = await openHeld(dependencies);
    });
    const told = await handOverIncidents(dependencies, settings, released);
    const found = await adoptUnknownRuns(dependencies, closedWithinSeconds);
    const ended = await endLostRuns(dependencies, waitedSeconds);
    const copied = await copyEndings(dependencies);
    return { told, found, ended, copied };
  };

/** Runs that closed before their first activity wrote a row: without one nobody would ever hear of them. */
const adoptUnknownRuns = async (
  { databases, temporal }: Dependencies,
  closedWithinSeconds: number,
): Promise<number> => {
  const closed = await listAbnormalCloses(temporal, 'job', closedWithinSeconds * 1000);
  const known = await readKnownWorkflows(
    databases.home,
    closed.map(({ workflowId }) => workflowId),
  );
  const unknown = closed.filter(({ workflowId }) => !known.has(workflowId));
  let found = 0;
  for (const execution of unknown) {
    Context.current().heartbeat();
    const adopted = await apart(execution.workflowId, async () => {
      const start = await readStart(temporal, execution);
      if (!start) return;
      const { job, request = {} } = start.input as JobInput;
      const run = { runId: start.firstRunId, workflowId: execution.workflowId };
      await insertRun(databases.home, runIdentity(job, request, run));
    });
    if (adopted) found += 1;
  }
  return found;
};

const endLostRuns = async (dependencies: Dependencies, waitedSeconds: number): Promise<readonly string[]> => {
  const ended: string[] = [];
  for (const run of await readOpenRuns(dependencies.databases.home, waitedSeconds)) {
    Context.current().heartbeat();
    if (!(await isClosed(dependencies.temporal, run.workflowId, run.runId))) continue;
    if (await apart(run.workflowId, () => endLostRun(dependencies, run))) ended.push(run.workflowId);
  }
  return ended;
};
