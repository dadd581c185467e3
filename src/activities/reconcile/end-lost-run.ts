// Gives a run whose workflow is closed the ending it lacks: the one its target tells, else RUN_LOST.

import { readAttempts } from '../../adapters/postgres/runs/attempts.ts';
import { recordEnding, recordSlices } from '../../adapters/postgres/runs/audit-log.ts';
import { forgetHold } from '../../adapters/postgres/runs/control.ts';
import { closeFence } from '../../adapters/postgres/runs/fence.ts';
import { readThrottledMs } from '../../adapters/postgres/runs/holds.ts';
import { readTotals } from '../../adapters/postgres/runs/ledger.ts';
import { endRun } from '../../adapters/postgres/runs/runs.ts';
import type { RunRow } from '../../adapters/postgres/runs/unfinished-runs.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { originMetadata } from '../../domain/jobs/origin.ts';
import type { Dependencies } from '../dependencies.ts';
import { timesMetadata } from '../job/times-metadata.ts';
import { readToldEnding } from '../job/told-ending.ts';
import { endHolds } from '../throttle/end-holds.ts';

const LOST = 'the workflow closed without telling how its run ended (terminated, timed out or failed)';

export const endLostRun = async ({ databases, lock }: Dependencies, run: RunRow): Promise<void> => {
  const target = databases.of(run.pack, run.database);
  // A database that left the configuration cannot be asked; its run stays open until it is back.
  if (!target) return;
  await closeFence(target, run.lockKey, run.runId);
  const subject = { runId: run.runId, pack: run.pack, resourceType: run.resourceType };
  const totals = await readTotals(target, run.runId);
  const throttledMs = await readThrottledMs(target, run.runId);
  // What it waited for between its slices, only its workflow knew.
  const times = { throttledMs, ...(await readAttempts(target, run.runId)) };

  if (!(await readToldEnding(target, run.runId))) {
    await recordSlices(target, subject, run.job);
    await endHolds(target, { ...subject, job: run.job });
    await recordEnding(
      target,
      { ...subject, action: 'CLEANUP_FAILED' },
      {
        job: run.job,
        run_id: run.runId,
        ...originMetadata(run, run.workflowId),
        duration_seconds: run.ageSeconds,
        sla_budget_seconds: run.budgetSeconds,
        records_processed: totals.deleted,
        batches: totals.batches,
        ...(totals.objects && { objects_deleted: totals.objects }),
        ...(totals.setAside && { set_aside: totals.setAside }),
        ...timesMetadata({ ...totals, ...times }),
        ...(run.dryRun && { dry_run: true }),
        error_code: FAILURE_TYPES.runLost,
        error_message: LOST,
      },
    );
  }
  await forgetHold(target, run.runId);
  // Read back: `finish` of a run that was closed this very moment may have been first.
  const told = await readToldEnding(target, run.runId);
  await endRun(databases.home, run.runId, {
    ...totals,
    ...times,
    ...told?.times,
    state: told?.state ?? 'failed',
    reason: told?.reason,
    remaining: told?.remaining,
    durationSeconds: told?.durationSeconds ?? run.ageSeconds,
    errorCode: told?.error?.code,
    errorMessage: told?.error?.message,
  });
  await lock.releaseOwnedBy(run.lockKey, run.runId).catch(() => false);
};
