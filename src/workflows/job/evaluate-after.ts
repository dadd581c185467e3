// What a run asks for once it has ended: that monitors look now, and not only at their next tick. Whatever becomes of that,
// the run has ended as it has.
import { CancellationScope, log } from '@temporalio/workflow';
import type { JobInput } from '../../domain/jobs/job.ts';
import { evaluateAfter } from '../proxies.ts';

export const evaluateMonitors = async ({ job, request = {} }: JobInput, runId: string): Promise<void> => {
  const { pack, evaluates = [] } = job;
  // A run of before there were such monitors has none, so its history asks for nothing.
  if (request.dryRun || evaluates.length === 0) return;
  try {
    await CancellationScope.nonCancellable(() => evaluateAfter({ pack, monitors: evaluates, runId }));
  } catch (error) {
    log.warn('its monitors were not asked to look at its end; they do at their next tick', { error });
  }
};
