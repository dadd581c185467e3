// Brings endings that only the home database knows into the audit log of the run's target.
import { recordEnding } from '../../adapters/postgres/audit-log.ts';
import { type RunRow, readAuditedRuns, readEndedRuns } from '../../adapters/postgres/unfinished-runs.ts';
import { TERMINAL_ACTION_OF } from '../../domain/audit.ts';
import type { EndState } from '../../domain/run.ts';
import type { Dependencies } from '../dependencies.ts';

export const copyEndings = async ({ databases }: Pick<Dependencies, 'databases'>): Promise<number> => {
  const ended = await readEndedRuns(databases.home);
  let copied = 0;
  for (const target of new Set(ended.map((run) => databases.of(run.pack, run.database)))) {
    if (!target) continue;
    const runs = ended.filter((run) => databases.of(run.pack, run.database) === target);
    const audited = await readAuditedRuns(
      target,
      runs.map(({ runId }) => runId),
    );
    for (const run of runs.filter(({ runId }) => !audited.has(runId))) {
      const action = run.dryRun ? 'CLEANUP_DRY_RUN' : TERMINAL_ACTION_OF[run.state as EndState];
      if (await recordEnding(target, { ...run, action }, endingMetadata(run))) copied += 1;
    }
  }
  return copied;
};

const endingMetadata = (run: RunRow): Readonly<Record<string, unknown>> => ({
  job: run.job,
  run_id: run.runId,
  state: run.state,
  duration_seconds: run.durationSeconds,
  sla_budget_seconds: run.budgetSeconds,
  records_processed: run.deleted,
  copied_by: 'reconcile',
  ...(run.reason && { reason: run.reason }),
  ...(run.errorCode && { error_code: run.errorCode, error_message: run.errorMessage }),
});
