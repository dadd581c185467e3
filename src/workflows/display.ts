// All wording that the Temporal UI shows of a workflow, in one place.
import { formatDuration } from '../domain/duration.ts';
import type { JobState } from '../domain/job-state.ts';

const count = (n: number): string => n.toLocaleString('en-US');

/** Markdown of a run's live details. */
export const jobDetails = (state: JobState): string => {
  const eligible = state.eligible === undefined ? '…' : count(state.eligible);
  const share = state.eligible ? ` (${Math.floor((state.deleted / state.eligible) * 100)} %)` : '';
  const lines = [
    `**${state.state}**${state.reason ? `: ${state.reason}` : ''}`,
    '',
    '| | |',
    '|---|---|',
    `| rows gone | ${count(state.deleted)} of ${eligible}${state.eligibleIsEstimate ? ' (estimate)' : ''}${share} |`,
    `| batches, slices | ${count(state.batches)} in ${state.slice} |`,
    `| budget | ${formatDuration(state.budgetSeconds)}${budgetShare(state)} |`,
  ];
  if (state.strategy) lines.push(`| strategy | ${state.strategy} |`);
  if (state.cutoff) lines.push(`| cutoff | rows before ${state.cutoff} |`);
  if (state.lastFailure) lines.push(`| last failure | ${state.lastFailure} |`);
  if (state.retryAt) lines.push(`| next try | ${state.retryAt} |`);
  return lines.join('\n');
};

const budgetShare = ({ utilizationPercent, sla }: JobState): string =>
  utilizationPercent === undefined ? '' : `, ${utilizationPercent} % used: ${sla}`;

export const sliceSummary = (slice: number, deleted: number): string =>
  `slice ${slice} · ${count(deleted)} rows gone before it`;

export const backoffSummary = (code: string, place: number, of: number): string =>
  `wait ${place} of ${of} after ${code}, then try again`;
