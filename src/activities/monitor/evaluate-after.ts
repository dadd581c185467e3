// `evaluateAfter`: monitors that are to look once a run has ended, each as its schedule would start it. Asked again, it
// starts none a second time.
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { readScheduledInput } from '../../adapters/temporal/scheduled-input.ts';
import { startMonitor } from '../../adapters/temporal/start-monitor.ts';
import { evaluationAfterRunId, monitorScheduleId } from '../../domain/ids.ts';
import type { MonitorInput } from '../../domain/monitors/evaluation.ts';
import type { Dependencies } from '../dependencies.ts';

export interface EvaluateAfterInput {
  readonly pack: string;
  /** Names of the pack's monitors. */
  readonly monitors: readonly string[];
  /** The run that has ended. */
  readonly runId: string;
}

/** Names of those that were started. One that `apply` has not made yet is left to the day when it has. */
export const createEvaluateAfter =
  ({ temporal }: Pick<Dependencies, 'temporal'>) =>
  async ({ pack, monitors, runId }: EvaluateAfterInput): Promise<readonly string[]> => {
    const started: string[] = [];
    for (const name of monitors) {
      const input = await readScheduledInput(temporal, monitorScheduleId(pack, name));
      if (input === undefined) continue;
      const workflowId = evaluationAfterRunId(pack, name, runId);
      try {
        await startMonitor(temporal, { ...(input as MonitorInput), by: `run ${runId}` }, workflowId);
        started.push(name);
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    }
    return started;
  };
