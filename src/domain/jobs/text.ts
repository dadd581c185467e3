// What the Temporal UI says about a job before it has begun: one line for lists, and what somebody who was
// woken by it wants to know first.
import { formatDuration } from '../duration.ts';
import type { JobSnapshot } from './job.ts';
import { stepLines } from './step-text.ts';

/** One line for the list of runs. */
export const jobStaticSummary = (job: JobSnapshot): string => `${job.pack} · ${job.summary}`;

/** Markdown: what leaves, who answers for it, how long it may take, what to do. */
export const jobStaticDetails = (job: JobSnapshot): string => {
  const steps = job.steps.map((step, place) =>
    [
      ...(job.steps.length > 1 ? [`- **Step ${place + 1}** ${step.name}: ${step.action}`] : []),
      ...stepLines(job.pack, step),
    ].join('\n'),
  );
  const runbook = job.runbook === undefined ? [] : [`- **Runbook** ${job.runbook}`];
  return [
    job.summary,
    '',
    `- **Owner** ${job.owner}`,
    `- **Budget** ${formatDuration(job.budgetSeconds)}`,
    ...runbook,
    ...steps,
    `- **Lock** \`${job.lockKey}\``,
  ].join('\n');
};
