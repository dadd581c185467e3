// What a figure of a job is told of: a run by the id that the job's own reports name, with what was told of it beside.
import { oneDecimal, utilization } from '../jobs/sla.ts';
import { atOf, type FoundRun, msOf, type RunsOfJob } from './found-runs.ts';
import { diagnosticsOf } from './job-diagnostics.ts';
import type { Reading } from './measure.ts';
import type { Baseline, JobFigure } from './measure-params.ts';

export const DAY_SECONDS = 86_400;

export interface FigureInput {
  readonly of: JobFigure;
  readonly withinSeconds: number;
  readonly nowMs: number;
  /** Ticks of the job's schedule, ascending, the newest one included; undefined where its schedule is unknown. */
  readonly ticks: readonly number[] | undefined;
  /** Of the pace. */
  readonly baseline?: Baseline | undefined;
  /** Completed runs in a row, of `sustained-utilization`. */
  readonly runs?: number | undefined;
  /** A run that was over by then can raise nothing any more; undefined where every run can. */
  readonly settledMs?: number | undefined;
}

export type Found = Omit<Reading, 'labels'>;

export const NOTHING: Found = { value: null };

/** Unrounded percent of the budget; null where nobody can know. */
export const usedOf = ({ seconds, budgetSeconds }: FoundRun): number | null =>
  seconds === null || !budgetSeconds ? null : utilization(seconds, budgetSeconds);

/** What a figure is made of. */
export interface Of {
  readonly found: RunsOfJob;
  readonly input: FigureInput;
}

/** The number, and the run that it is told of: a job's own reports name the same. SLA-78's fields, where they are known. */
export const ofRun = (
  { found, input: { nowMs, settledMs } }: Of,
  value: number | null,
  run: FoundRun,
  { facts = [], payload = {} }: Pick<Found, 'facts' | 'payload'> = {},
): Found => {
  const at = atOf(run);
  const used = usedOf(run);
  const settled = settledMs !== undefined && msOf(run.endedAt) <= settledMs;
  return {
    value,
    ...(at !== null && { subject: { id: run.runId, at } }),
    ...(settled && { settled: true as const }),
    facts: [['run', run.workflowId ?? run.runId], ...facts],
    payload: {
      run_id: run.runId,
      sla_budget_seconds: run.budgetSeconds,
      actual_duration_seconds: run.seconds,
      utilization_percent: used === null ? null : oneDecimal(used),
      ...(run.state === 'running' && { running: true }),
      ...(run.synthetic && { synthetic: true }),
      ...(run.clockSkew && { clock_skew: true }),
      ...payload,
      diagnostics: diagnosticsOf(found, run, nowMs - DAY_SECONDS * 1000),
    },
  };
};
