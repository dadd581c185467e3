// Brings endings that only the home database knows into the audit log of the run's target.

import type { Queryable } from '../../adapters/postgres/pool.ts';
import { readBatchSize, recordEnding } from '../../adapters/postgres/runs/audit-log.ts';
import {
  type EndedRun,
  readAuditedRuns,
  readEndedRuns,
} from '../../adapters/postgres/runs/unfinished-runs.ts';
import { TERMINAL_ACTION_OF } from '../../domain/jobs/audit.ts';
import { originMetadata } from '../../domain/jobs/origin.ts';
import type { EndState } from '../../domain/jobs/run.ts';
import { oneDecimal } from '../../domain/jobs/sla.ts';
import type { Dependencies } from '../dependencies.ts';
import { timesMetadata } from '../job/times-metadata.ts';
import { apart } from './apart.ts';

export const copyEndings = async ({ databases }: Pick<Dependencies, 'databases'>): Promise<number> => {
  const ended = await readEndedRuns(databases.home);
  let copied = 0;
  for (const target of new Set(ended.map((run) => databases.of(run.pack, run.database)))) {
    if (!target) continue;
    const runs = ended.filter((run) => databases.of(run.pack, run.database) === target);
    await apart(`${runs[0]?.pack}/${runs[0]?.database}`, async () => {
      copied += await copyTo(target, runs);
    });
  }
  return copied;
};

const copyTo = async (target: Queryable, runs: readonly EndedRun[]): Promise<number> => {
  const ids = runs.map(({ runId }) => runId);
  const audited = await readAuditedRuns(target, ids);
  let copied = 0;
  for (const run of runs.filter(({ runId }) => !audited.has(runId))) {
    const previewed = run.dryRun && run.state === 'completed';
    const action = previewed ? 'CLEANUP_DRY_RUN' : TERMINAL_ACTION_OF[run.state as EndState];
    const batchSize = await readBatchSize(target, run.runId);
    const metadata = {
      ...endingMetadata(run),
      ...(previewed && { would_delete: run.remaining }),
      ...(batchSize !== null && { batch_size: batchSize }),
    };
    if (await recordEnding(target, { ...run, action, at: run.endedAt }, metadata)) copied += 1;
  }
  return copied;
};

/** The fields of SLA-21, as far as the home database has them. */
const endingMetadata = (run: EndedRun): Readonly<Record<string, unknown>> => ({
  job: run.job,
  run_id: run.runId,
  ...originMetadata(run, run.workflowId),
  state: run.state,
  duration_seconds: run.durationSeconds,
  sla_budget_seconds: run.budgetSeconds,
  records_processed: run.deleted,
  remaining: run.remaining,
  ...(run.batches !== null && { batches: run.batches }),
  ...(run.objects && { objects_deleted: run.objects }),
  ...(run.setAside && { set_aside: run.setAside }),
  ...(run.maxBatchMs !== null && { max_batch_ms: run.maxBatchMs }),
  ...(run.avgBatchMs !== null && { avg_batch_ms: oneDecimal(run.avgBatchMs) }),
  ...timesMetadata(run),
  ...(run.cutoff !== null && { cutoff: run.cutoff }),
  copied_by: 'reconcile',
  ...(run.dryRun && { dry_run: true }),
  ...(run.reason && { reason: run.reason }),
  ...(run.errorCode && { error_code: run.errorCode, error_message: run.errorMessage }),
});
