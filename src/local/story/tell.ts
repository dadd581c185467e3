// The first half of the story: every job of the catalog runs once, watched, and is then verified.
import type { Client } from '@temporalio/client';
import { startRun } from '../../adapters/temporal/start-run.ts';
import type { Catalog, CatalogJob } from '../../catalog/catalog.ts';
import { isOneShot, type Unit, unitOf } from '../../client/watch/unit.ts';
import { watchRun } from '../../client/watch/watch-run.ts';
import { formatDuration } from '../../domain/duration.ts';
import { retiresHistory } from '../../domain/jobs/history.ts';
import { batchedSteps } from '../../domain/jobs/step.ts';
import type { StoreWitness } from './objects.ts';
import { type JobReport, look, verifyRun } from './verify.ts';

export interface Telling {
  /** Who started the runs. */
  readonly by: string;
  readonly catalog: Catalog;
  readonly client: Client;
  readonly uiUrl: string | undefined;
  /** Where files go; absent where no job deletes any. */
  readonly store: StoreWitness | undefined;
  readonly say: (line: string) => void;
  readonly progressTo: NodeJS.WriteStream;
}

/** Slow enough for eyes; without it 30,000 rows are gone before the bar is drawn. */
const ROWS_PER_SECOND = 10_000;

export const tellJobs = async (telling: Telling): Promise<readonly JobReport[]> => {
  const reports: JobReport[] = [];
  // On a stack that was just made there is no history to retire, and a run's own rows are new in those tables.
  const told = telling.catalog.jobs.filter(({ snapshot }) => !retiresHistory(snapshot));
  for (const job of told) reports.push(await tellJob(telling, job));
  return reports;
};

const tellJob = async (telling: Telling, job: CatalogJob): Promise<JobReport> => {
  const { by, catalog, client, store, say, uiUrl, progressTo } = telling;
  const { snapshot } = job;
  const [first] = batchedSteps(snapshot);
  const { olderThanSeconds = 0 } = first?.selection.age ?? {};
  const cutoff = new Date(Date.now() - olderThanSeconds * 1000).toISOString();
  const before = await look({ catalog, job, store }, cutoff);
  const waitsBefore = store?.askedToWait() ?? 0;
  const budget = `budget ${formatDuration(snapshot.budgetSeconds)}`;
  say(
    isOneShot(job)
      ? `${job.name}: ${snapshot.steps.map(({ name }) => name).join(', ')}, once; ${budget}`
      : `${job.name}: ${count(before.table.old)} of ${count(before.table.rows)} ${unitOf(job)} are due; ` +
          `${budget}, paced at ${count(ROWS_PER_SECOND)} rows/s`,
  );

  const handle = await startRun(client, snapshot, { by, rowsPerSecond: ROWS_PER_SECOND });
  const result = await watchRun({ catalog, job, handle, out: progressTo });
  const { workflowId } = handle;
  const report = await verifyRun({ catalog, client, job, store, workflowId, result, before });
  const waits = (store?.askedToWait() ?? 0) - waitsBefore;
  const link = runLink(uiUrl, workflowId, report.runId);
  say(
    `${sentence(report, isOneShot(job) ? undefined : unitOf(job))}${waitWords(waits)}${link ? `\n  ${link}` : ''}`,
  );
  for (const problem of report.problems) say(`  not true: ${problem}`);
  return report;
};

const count = (n: number): string => n.toLocaleString('en-US');

const sentence = (report: JobReport, unit: Unit | undefined): string => {
  const { name, deleted, objects, batches, durationSeconds, utilizationPercent } = report;
  const gone =
    `${count(unit === 'files' ? objects : deleted)} ${unit} gone in ` +
    `${batches} ${batches === 1 ? 'batch' : 'batches'}`;
  return (
    `${name}: ${unit ? gone : 'done'}, ` +
    `${formatDuration(durationSeconds)} (${utilizationPercent} % of budget)`
  );
};

const waitWords = (waits: number): string =>
  waits === 0 ? '' : `; the store asked to wait ${waits === 1 ? 'once' : `${waits} times`} (429)`;

/** The newest run's page in the Temporal UI. */
export const workflowLink = (uiUrl: string | undefined, workflowId: string): string | undefined =>
  uiUrl && `${uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;

const runLink = (uiUrl: string | undefined, workflowId: string, runId: string): string | undefined =>
  uiUrl && `${workflowLink(uiUrl, workflowId)}/${runId}/history`;
