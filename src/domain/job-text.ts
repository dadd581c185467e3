// What the Temporal UI says about a job before it has begun: one line for lists, and what somebody who was
// woken by it wants to know first.
import { formatDuration } from './duration.ts';
import type { JobSnapshot } from './job.ts';

/** One line for the list of runs. */
export const jobStaticSummary = (job: JobSnapshot): string => `${job.pack} · ${job.summary}`;

/** Markdown: what leaves, who answers for it, how long it may take, what to do. */
export const jobStaticDetails = (job: JobSnapshot): string => {
  const rows = job.steps.map((step) => {
    const { selection, batchRows } = step;
    const { database, schema, table, age, where } = selection;
    const condition = where === undefined ? '' : ` and \`${where}\``;
    const retention = formatDuration(age.olderThanSeconds);
    const objects =
      step.action === 'blobs'
        ? [
            `- **Objects** named by \`${step.blobs.column}\`, ${formatDuration(step.blobs.graceSeconds)} after it is cleared`,
          ]
        : [];
    return [
      `- **Table** \`${schema}.${table}\` in \`${job.pack}/${database}\``,
      `- **Retention** rows leave ${retention} after \`${age.column}\`${condition}`,
      `- **Batch** at most ${batchRows} rows`,
      ...objects,
    ].join('\n');
  });
  const runbook = job.runbook === undefined ? [] : [`- **Runbook** ${job.runbook}`];
  return [
    job.summary,
    '',
    `- **Owner** ${job.owner}`,
    `- **Budget** ${formatDuration(job.budgetSeconds)}`,
    ...runbook,
    ...rows,
    `- **Lock** \`${job.lockKey}\``,
  ].join('\n');
};
