// What a run says of itself to the door: how it stands against its budget, and whether it failed.
import type { Firing, Report } from '../alerts/alert.ts';
import { formatDuration } from '../duration.ts';
import type { Outlook } from './foresight.ts';
import { type ApprovalRequest, requestWords } from './guard.ts';
import type { Band, JobAlerts, JobSnapshot } from './job.ts';
import { oneDecimal, utilization } from './sla.ts';

/** A run as its reports name it. */
export interface Subject {
  readonly job: JobSnapshot;
  readonly runId: string;
  readonly workflowId: string;
  /** ISO-8601; newer runs win over older ones. */
  readonly startedAt: string;
  readonly budgetSeconds: number;
}

type JobBudget = NonNullable<JobAlerts['budget']>;

const common = ({ job, runId, startedAt }: Subject): Omit<Report, 'rule'> => ({
  labels: { job: job.name },
  subject: runId,
  subjectAt: startedAt,
});

const firing = (band: Band, summary: string, facts: Firing['facts'], payload: Firing['payload']): Firing => ({
  severity: band.severity,
  severityWord: band.severityWord,
  alertType: band.alertType,
  summary,
  facts: [...facts, ['do first', band.recommendedAction]],
  ...(band.runbook !== undefined && { runbook: band.runbook }),
  payload: {
    alert_type: band.alertType,
    ...payload,
    recommended_action: band.recommendedAction,
    ...(band.runbook !== undefined && { runbook: band.runbook }),
    severity: band.severityWord,
  },
});

/** Seconds into a run at which it crosses each band, in their order. Limits are strict, so the crossing comes just after. */
export const crossings = ({ budget }: JobAlerts, budgetSeconds: number): readonly number[] =>
  (budget?.bands ?? []).map(({ abovePercent }) => (abovePercent / 100) * budgetSeconds);

/** How the run stands after `seconds`; `running` says whether that is still growing. SLA-78's fields. */
export const budgetReport = (subject: Subject, seconds: number, running: boolean): Report | undefined => {
  const { job, budgetSeconds } = subject;
  const budget = job.alerts?.budget;
  if (!budget) return undefined;
  const used = utilization(seconds, budgetSeconds);
  const band = budget.bands.findLast(({ abovePercent }) => used > abovePercent);
  if (!band) return { ...common(subject), rule: budget.rule };
  const share = `${oneDecimal(used).toFixed(1)}% of its time budget of ${formatDuration(budgetSeconds)}`;
  const summary = running
    ? `${job.name} is still running after ${formatDuration(seconds)}, ${share}`
    : `${job.name} took ${formatDuration(seconds)}, ${share}`;
  return { ...common(subject), rule: budget.rule, firing: budgetFiring(subject, { seconds, band, summary }) };
};

interface OfBudget {
  readonly seconds: number;
  readonly band: JobBudget['bands'][number];
  readonly summary: string;
  readonly fact?: readonly [string, string];
  readonly payload?: Firing['payload'];
}

const budgetFiring = (
  { job, runId, workflowId, budgetSeconds }: Subject,
  { seconds, band, summary, fact, payload }: OfBudget,
): Firing => {
  const percent = oneDecimal(utilization(seconds, budgetSeconds));
  const facts: Firing['facts'] = [
    ['job', job.name],
    ['run', workflowId],
    ...(fact ? [fact] : []),
    ['budget used', `${percent} %`],
    ['owner', job.owner],
  ];
  return firing(band, summary, facts, {
    job: job.name,
    sla_budget_seconds: budgetSeconds,
    actual_duration_seconds: seconds,
    utilization_percent: percent,
    threshold_percent: band.abovePercent,
    ...payload,
    message: summary,
    run_id: runId,
  });
};

/** No band is crossed yet. Above one, the budget speaks for itself. */
export const isBelowBands = ({ budget }: JobAlerts, used: number): boolean => {
  const [band] = budget?.bands ?? [];
  return band !== undefined && used <= band.abovePercent;
};

interface Early {
  readonly summary: string;
  readonly fact: readonly [string, string];
  readonly payload: Firing['payload'];
}

/** Something to be told before any band is crossed, in the lowest one; undefined where one is. */
const earlyReport = (subject: Subject, seconds: number, early: Early): Report | undefined => {
  const budget = subject.job.alerts?.budget;
  const used = utilization(seconds, subject.budgetSeconds);
  const [band] = budget?.bands ?? [];
  if (!budget || !band || !isBelowBands({ budget }, used)) return undefined;
  return {
    ...common(subject),
    rule: budget.rule,
    firing: budgetFiring(subject, { seconds, band, ...early }),
  };
};

/** A run that its throttle has kept from working for too long. */
export const throttleReport = (
  subject: Subject,
  seconds: number,
  throttled: { readonly seconds: number; readonly reason: string },
): Report | undefined =>
  earlyReport(subject, seconds, {
    summary: `${subject.job.name} has been throttled for ${formatDuration(throttled.seconds)}: ${throttled.reason}`,
    fact: ['throttled by', throttled.reason],
    payload: { throttled_seconds: throttled.seconds, throttle_reason: throttled.reason },
  });

/** A run that will break its budget if it goes on as it does. */
export const foresightReport = (
  subject: Subject,
  seconds: number,
  { rowsPerSecond, projectedSeconds, projectedPercent }: Outlook,
): Report | undefined => {
  const percent = oneDecimal(projectedPercent);
  const rate = `${Math.round(rowsPerSecond).toLocaleString('en-US')} rows/s`;
  return earlyReport(subject, seconds, {
    summary:
      `${subject.job.name} will take about ${formatDuration(projectedSeconds)}, ${percent.toFixed(1)}% of its time budget of ` +
      `${formatDuration(subject.budgetSeconds)}, at the present ${rate}`,
    fact: ['projected', `${percent} % of the budget at ${rate}`],
    payload: {
      projected: true,
      projected_duration_seconds: Math.round(projectedSeconds),
      projected_utilization_percent: percent,
      rows_per_second: oneDecimal(rowsPerSecond),
    },
  });
};

/** A breach that was in sight is out of sight again; undefined where a band is crossed by now. */
export const outOfSightReport = (subject: Subject, seconds: number): Report | undefined => {
  const { job, budgetSeconds } = subject;
  const { budget } = job.alerts ?? {};
  if (!budget || !isBelowBands({ budget }, utilization(seconds, budgetSeconds))) return undefined;
  return { ...common(subject), rule: budget.rule };
};

/** How the run ended; only an ending that says something about the job is reported. */
export const failureReport = (
  subject: Subject,
  ending: { readonly failed: boolean; readonly code?: string; readonly message?: string },
): Report | undefined => {
  const { job, runId, workflowId } = subject;
  const rule = job.alerts?.failure;
  if (!rule) return undefined;
  if (!ending.failed) return { ...common(subject), rule: rule.rule };
  const summary = `${job.name} failed: ${ending.message ?? ending.code ?? 'no reason was told'}`;
  const facts = [
    ['job', job.name],
    ['run', workflowId],
    ['error', ending.code ?? 'unknown'],
    ['owner', job.owner],
  ] as const;
  const payload = { job: job.name, run_id: runId, error_code: ending.code, message: summary };
  return { ...common(subject), rule: rule.rule, firing: firing(rule.band, summary, facts, payload) };
};

/** That the run waits for a person; told by the same rule, so that the next run that completes ends it. */
export const approvalReport = (subject: Subject, request: ApprovalRequest): Report | undefined => {
  const { job, runId, workflowId } = subject;
  const rule = job.alerts?.failure;
  if (!rule) return undefined;
  const summary = `${job.name} waits for approval: ${requestWords(request)}`;
  const facts = [
    ['job', job.name],
    ['run', workflowId],
    ['cutoff', request.cutoff],
    ['approve', `sexton approve ${runId}`],
    ['or end it', `sexton stop ${runId}`],
    ['owner', job.owner],
  ] as const;
  const { eligible, cutoff } = request;
  const payload = { job: job.name, run_id: runId, eligible, cutoff, message: summary };
  return { ...common(subject), rule: rule.rule, firing: firing(rule.band, summary, facts, payload) };
};
