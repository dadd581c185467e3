// The first half of the story: every job of the catalog runs once, watched, and is then verified.
import type { Client } from '@temporalio/client';
import { startRun } from '../../adapters/temporal/start-run.ts';
import type { Catalog, CatalogJob } from '../../catalog/catalog.ts';
import { targetOf } from '../../client/target.ts';
import { watchRun } from '../../client/watch-run.ts';
import { formatDuration } from '../../domain/duration.ts';
import { countTable, withClient } from './tables.ts';
import { type JobReport, verifyRun } from './verify.ts';

export interface Telling {
  readonly catalog: Catalog;
  readonly client: Client;
  readonly uiUrl: string | undefined;
  readonly say: (line: string) => void;
  readonly progressTo: NodeJS.WriteStream;
}

/** Slow enough for eyes; without it 30,000 rows are gone before the bar is drawn. */
const ROWS_PER_SECOND = 10_000;

export const tellJobs = async (telling: Telling): Promise<readonly JobReport[]> => {
  const reports: JobReport[] = [];
  for (const job of telling.catalog.jobs) reports.push(await tellJob(telling, job));
  return reports;
};

const tellJob = async (telling: Telling, job: CatalogJob): Promise<JobReport> => {
  const { catalog, client, say, uiUrl, progressTo } = telling;
  const { snapshot } = job;
  const { selection } = snapshot.steps[0];
  const { url } = targetOf(catalog, job);
  const cutoff = new Date(Date.now() - selection.age.olderThanSeconds * 1000).toISOString();
  const before = await withClient(url, (db) => countTable(db, selection, cutoff));
  say(
    `${job.name}: ${before.old.toLocaleString('en-US')} of ${before.rows.toLocaleString('en-US')} rows are due; ` +
      `budget ${formatDuration(snapshot.budgetSeconds)}, paced at ${ROWS_PER_SECOND.toLocaleString('en-US')} rows/s`,
  );

  const handle = await startRun(client, snapshot, { by: 'npm start', rowsPerSecond: ROWS_PER_SECOND });
  const result = await watchRun({ catalog, job, handle, out: progressTo });
  const report = await verifyRun({ catalog, client, job, workflowId: handle.workflowId, result, before });
  say(sentence(report, uiUrl));
  for (const problem of report.problems) say(`  not true: ${problem}`);
  return report;
};

const sentence = (report: JobReport, uiUrl: string | undefined): string => {
  const { deleted, batches, durationSeconds, utilizationPercent } = report;
  const link = runLink(uiUrl, report.workflowId, report.runId);
  return (
    `${report.name}: ${deleted.toLocaleString('en-US')} rows gone in ${batches} ${batches === 1 ? 'batch' : 'batches'}, ` +
    `${formatDuration(durationSeconds)} (${utilizationPercent} % of budget)${link ? `\n  ${link}` : ''}`
  );
};

/** The newest run's page in the Temporal UI. */
export const workflowLink = (uiUrl: string | undefined, workflowId: string): string | undefined =>
  uiUrl && `${uiUrl}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;

const runLink = (uiUrl: string | undefined, workflowId: string, runId: string): string | undefined =>
  uiUrl && `${workflowLink(uiUrl, workflowId)}/${runId}/history`;
