// All wording that the Temporal UI shows of a workflow, in one place.
import type { IncidentState } from '../domain/alerts/alert.ts';
import type { Note, Told } from '../domain/alerts/escalation.ts';
import type { Due, LadderState } from '../domain/alerts/ladder.ts';
import { formatTarget } from '../domain/alerts/policy.ts';
import type { DigestSnapshot, DigestState } from '../domain/digests/digest.ts';
import { formatDuration } from '../domain/duration.ts';
import type { HealthSnapshot, HealthState } from '../domain/health/health.ts';
import { healthLines } from '../domain/health/text.ts';
import { holdWords } from '../domain/jobs/control.ts';
import { type ApprovalRequest, overWords } from '../domain/jobs/guard.ts';
import { mishapWords } from '../domain/jobs/mishaps.ts';
import type { JobState } from '../domain/jobs/state.ts';
import type { MonitorState, RuleResult } from '../domain/monitors/evaluation.ts';

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
  if (state.etaSeconds !== undefined) lines.push(etaLine(state));
  if (state.objects) lines.push(`| objects gone | ${count(state.objects)} |`);
  if (state.setAside) lines.push(`| set aside | ${count(state.setAside)} in the manual resolution queue |`);
  if (state.locked) lines.push(`| locked by others | ${count(state.locked)} at the last look |`);
  if (state.approval) lines.push(...approvalLines(state.runId, state.approval));
  if (state.hold) lines.push(`| held | ${holdWords(state.hold)} |`);
  if (state.batchRows) lines.push(`| batch size | at most ${count(state.batchRows)} rows |`);
  if (state.step) lines.push(`| step | ${state.step.name}, ${state.step.place} of ${state.step.of} |`);
  if (state.strategy)
    lines.push(`| strategy | ${state.strategy}${state.because ? `: ${state.because}` : ''} |`);
  if (state.cutoff) lines.push(`| cutoff | rows before ${state.cutoff} |`);
  if (state.lastFailure) lines.push(`| last failure | ${state.lastFailure} |`);
  if (state.mishaps) lines.push(`| made up for | ${mishapWords(state.mishaps)} |`);
  if (state.retryAt) lines.push(`| next try | ${state.retryAt} |`);
  if (state.throttle) lines.push(`| throttled | ${state.throttle.reason}, since ${state.throttle.since} |`);
  if (state.throttle) lines.push(`| next look | ${state.throttle.lookAt} |`);
  if (state.throttledSeconds) lines.push(`| throttled so far | ${formatDuration(state.throttledSeconds)} |`);
  return lines.join('\n');
};

const approvalLines = (
  runId: string,
  { steps, eligible, cutoff, expiresAt }: NonNullable<JobState['approval']>,
): readonly string[] => [
  ...steps.map((step) => `| waits for approval | ${overWords(step)} |`),
  `| to approve | \`sexton approve ${runId}\`, or the update \`approve\` with eligible ${eligible} and cutoff ${cutoff} |`,
  `| until | ${expiresAt}; then it ends blocked |`,
];

/** Name of the timer that an approval is waited for on. */
export const approvalSummary = ({ eligible }: ApprovalRequest): string =>
  `${count(eligible)} rows wait for approval`;

const etaLine = ({ etaSeconds = 0, rowsPerSecond = 0, projectedUtilizationPercent }: JobState): string =>
  `| ETA | about ${formatDuration(etaSeconds)} at ${count(Math.round(rowsPerSecond))} rows/s; ` +
  `${projectedUtilizationPercent} % of the budget by then |`;

const budgetShare = ({ utilizationPercent, sla }: JobState): string =>
  utilizationPercent === undefined ? '' : `, ${utilizationPercent} % used: ${sla}`;

export const sliceSummary = (slice: number, deleted: number): string =>
  `slice ${slice} · ${count(deleted)} rows gone before it`;

export const backoffSummary = (code: string, place: number, of: number): string =>
  `wait ${place} of ${of} after ${code}, then try again`;

/** Name of the timer that a throttled run waits on. */
export const throttledSummary = ({ reason }: { readonly reason: string }): string =>
  `throttled, then looks again: ${reason}`;

/** Markdown of a monitor's live details: what was measured, and what fires. */
export const monitorDetails = ({ state, tick, result }: MonitorState): string => {
  const head = [`**${state}** · tick ${tick}`];
  if (!result) return head.join('\n');
  const { measures, series, failed, failures, rules, incidents, rang } = result;
  const untold = failures - failed.length;
  return [
    ...head,
    '',
    `- ${count(measures)} measures, ${count(series)} series`,
    ...failed.map(({ measure, type, message }) => `- **${measure} failed** ${type}: ${message}`),
    ...(untold > 0 ? [`- ${count(untold)} more measures failed`] : []),
    ...rules.map(ruleLine),
    ...(incidents.length > 0 ? [`- handed over: incidents ${incidents.join(', ')}`] : []),
    ...(rang === undefined ? [] : [`- nothing could be evaluated; ${rang} tells people`]),
  ].join('\n');
};

/** Markdown of a health check's live details: the overall status, and a line a check. */
export const healthDetails = (
  { state, tick, result }: HealthState,
  { checks }: Pick<HealthSnapshot, 'checks'>,
): string => {
  const head = `**${state}** · tick ${tick}`;
  if (!result) return head;
  const { report, incidents, rang, told: letters = [] } = result;
  const told = [
    ...(incidents.length > 0 ? [`- handed over: incidents ${incidents.join(', ')}`] : []),
    ...(rang === undefined ? [] : [`- nothing could be stored; ${rang} tells people`]),
    ...letters.map((line) => `- summary to ${line}`),
  ];
  if (!report) return [head, '', ...told].join('\n');
  return [head, '', '```', ...healthLines(report, checks), '```', ...told].join('\n');
};

const ruleLine = ({ rule, series, firing, unknown, skipped }: RuleResult): string => {
  if (skipped !== undefined) return `- ${rule}: not judged (${skipped})`;
  const without = unknown > 0 ? `, ${count(unknown)} without a value` : '';
  return `- ${firing > 0 ? `**${rule} fires**` : rule}: ${count(firing)} of ${count(series)} series${without}`;
};

/** Name of the timer that an escalation waits on. */
export const waitSummary = (due: Due | undefined, { policy, firing }: IncidentState): string => {
  if (!due) return 'waits for an answer or for news';
  const tiers = policy?.tiers.map(({ name }) => name).join(' → ') ?? 'no policy';
  return `${due.what} at ${new Date(due.atMs).toISOString()} · ${firing.severityWord}: ${tiers}`;
};

/** Markdown of a digest's live details: who was told, and who has yet to sign it off. */
export const digestDetails = (
  { state, tick, letter, told = [], task, dueAt, signedOff }: DigestState,
  { title, signOff }: DigestSnapshot,
): string =>
  [
    `**${state}** · ${title} · tick ${tick}`,
    '',
    ...(letter === undefined ? [] : [`- stored as ${letter}: \`sexton digest show ${letter}\``]),
    ...told.map((line) => `- ${line}`),
    ...(task === undefined || signedOff
      ? []
      : [`- **to be signed off** by ${signOff?.by} until ${dueAt}: ${task}`]),
    ...(signedOff
      ? [`- signed off by ${signedOff.by} at ${signedOff.at}${signedOff.note ? `: ${signedOff.note}` : ''}`]
      : []),
  ].join('\n');

export interface EscalationDetails {
  readonly incident: IncidentState;
  readonly ladder: LadderState;
  readonly next: string;
  readonly told: readonly Told[];
  readonly notes: readonly Note[];
}

/** Answers alone: what broke, how bad, since when, who was told, what happens next and when. */
export const escalationDetails = ({ incident, ladder, next, told, notes }: EscalationDetails): string => {
  const { firing, firstFiredAt, id, number } = incident;
  const by = ladder.by === undefined ? '' : ` by ${ladder.by}`;
  const until = ladder.untilMs === undefined ? '' : ` until ${new Date(ladder.untilMs).toISOString()}`;
  return [
    `## ${firing.severityWord}: ${firing.summary}`,
    '',
    `**${ladder.status}**${by}${until} · since ${firstFiredAt} · ${id}`,
    '',
    `**Next** ${next}`,
    '',
    '**Told so far**',
    '',
    ...(told.length === 0 ? ['- nobody yet'] : told.map(toldLine)),
    ...ladder.marks.map(({ mark, atMs }) => `- ${new Date(atMs).toISOString()} marked ${mark}`),
    '',
    '**Facts**',
    '',
    ...firing.facts.map(([name, value]) => `- ${name}: ${value}`),
    ...(firing.runbook === undefined ? [] : [`- runbook: ${firing.runbook}`]),
    ...notes.map((note) => `- note of ${note.at} by ${note.by}: ${note.text}`),
    '',
    number > 0
      ? `Answer: \`sexton ack ${number}\``
      : '**State store unreachable**: answer by the update `acknowledge` of this workflow',
  ].join('\n');
};

const toldLine = ({ at, tier, channel, address, outcome, wake }: Told): string =>
  `- ${at} ${tier} → ${formatTarget({ channel, address })}: ${outcome} (wake ${wake})`;
