// What a job's runs come to, as one number. Runs come from Sexton's own rows or from an audit log; from here on that
// makes no difference.
import { oneDecimal, utilization } from '../jobs/sla.ts';
import type { Reading } from './measure.ts';
import type { JobFigure } from './measure-params.ts';

/** A run as it was found; instants are ISO-8601 as the database wrote them. */
export interface FoundRun {
  readonly runId: string;
  readonly workflowId: string | null;
  readonly startedAt: string | null;
  /** Null while it goes on. */
  readonly endedAt: string | null;
  /** How long it took, or has been going on; null where nobody can know. */
  readonly seconds: number | null;
  readonly budgetSeconds: number | null;
  readonly state: 'running' | 'succeeded' | 'failed' | 'stopped' | 'skipped';
  readonly errorCode?: string | null;
  /** Its start is told to be after its end. */
  readonly clockSkew?: boolean;
}

export interface RunsOfJob {
  readonly job: string;
  /** The newest first, no dry runs. */
  readonly runs: readonly FoundRun[];
  /** When the first run that is known began; null where there was none. */
  readonly firstAt: string | null;
}

export interface FigureInput {
  readonly of: JobFigure;
  readonly withinSeconds: number;
  readonly nowMs: number;
  /** Ticks of the job's schedule, ascending, the newest one included; undefined where its schedule is unknown. */
  readonly ticks: readonly number[] | undefined;
}

type Found = Omit<Reading, 'labels'>;

const NOTHING: Found = { value: null };

const isJudged = ({ state }: FoundRun): boolean => state === 'succeeded' || state === 'failed';

const ms = (iso: string | null): number => (iso === null ? Number.NaN : Date.parse(iso));

/** The number, and the run that it is told of: a job's own reports name the same. */
const ofRun = (value: number | null, run: FoundRun, payload: Reading['payload'] = {}): Found => {
  const at = run.startedAt ?? run.endedAt;
  return {
    value,
    ...(at !== null && { subject: { id: run.runId, at } }),
    facts: [['run', run.workflowId ?? run.runId]],
    payload: { run_id: run.runId, ...(run.clockSkew && { clock_skew: true }), ...payload },
  };
};

const howLong = ({ runs }: RunsOfJob, of: 'duration' | 'utilization'): Found => {
  // One that was stopped was not let do its work, so how long it took says nothing.
  const run = runs.find(({ state }) => state !== 'stopped' && state !== 'skipped');
  if (!run) return NOTHING;
  const { seconds, budgetSeconds } = run;
  const used = seconds === null || !budgetSeconds ? null : utilization(seconds, budgetSeconds);
  return ofRun(of === 'duration' ? seconds : used, run, {
    sla_budget_seconds: budgetSeconds,
    actual_duration_seconds: seconds,
    utilization_percent: used === null ? null : oneDecimal(used),
    ...(run.state === 'running' && { running: true }),
  });
};

const failingStreak = ({ runs }: RunsOfJob): Found => {
  const judged = runs.filter(isJudged);
  const [newest] = judged;
  if (!newest) return NOTHING;
  const success = judged.findIndex(({ state }) => state === 'succeeded');
  const failed = success < 0 ? judged : judged.slice(0, success);
  const codes = failed.flatMap(({ errorCode }) => errorCode ?? []);
  return ofRun(failed.length, newest, codes.length > 0 ? { error_codes: [...new Set(codes)] } : {});
};

const successRate = ({ runs }: RunsOfJob, { nowMs, withinSeconds }: FigureInput): Found => {
  const since = nowMs - withinSeconds * 1000;
  const judged = runs.filter((run) => isJudged(run) && ms(run.endedAt) > since);
  const [newest] = judged;
  if (!newest) return NOTHING;
  const successes = judged.filter(({ state }) => state === 'succeeded').length;
  return ofRun(successes / judged.length, newest, { successes, failures: judged.length - successes });
};

const sinceSuccess = ({ runs }: RunsOfJob, { nowMs }: FigureInput): Found => {
  const run = runs.find(({ state, endedAt }) => state === 'succeeded' && endedAt !== null);
  if (!run) return NOTHING;
  return {
    value: Math.max(0, (nowMs - ms(run.endedAt)) / 1000),
    facts: [['last success', run.endedAt ?? '']],
  };
};

/** Somebody did the tick's work: began it before the next tick, or was still at it when the tick came. */
const isServed = (runs: readonly FoundRun[], tick: number, next: number): boolean =>
  runs.some((run) => {
    const [from, to] = [ms(run.startedAt), run.endedAt === null ? Number.POSITIVE_INFINITY : ms(run.endedAt)];
    return (from >= tick && from < next) || (from < tick && to > tick);
  });

/** Ticks from before there was any run say nothing: the job may not have been there. */
const missedTicks = ({ runs, firstAt }: RunsOfJob, { ticks, nowMs, withinSeconds }: FigureInput): Found => {
  if (!ticks || firstAt === null) return NOTHING;
  const since = Math.max(nowMs - withinSeconds * 1000, ms(firstAt));
  const missed = ticks.filter((tick, place) => {
    const next = ticks[place + 1];
    return next !== undefined && tick >= since && !isServed(runs, tick, next);
  });
  const newest = missed.at(-1);
  return {
    value: missed.length,
    ...(newest !== undefined && { facts: [['newest missed tick', new Date(newest).toISOString()]] }),
  };
};

const lateSeconds = ({ runs, firstAt }: RunsOfJob, { ticks, nowMs }: FigureInput): Found => {
  const tick = ticks?.at(-1);
  if (tick === undefined || firstAt === null) return NOTHING;
  const served = isServed(runs, tick, Number.POSITIVE_INFINITY);
  return {
    value: served ? 0 : Math.max(0, (nowMs - tick) / 1000),
    facts: [['tick', new Date(tick).toISOString()]],
  };
};

const FIGURES: Readonly<Record<JobFigure, (found: RunsOfJob, input: FigureInput) => Found>> = {
  utilization: (found) => howLong(found, 'utilization'),
  duration: (found) => howLong(found, 'duration'),
  'failing-streak': failingStreak,
  'success-rate': successRate,
  'since-success': sinceSuccess,
  'missed-ticks': missedTicks,
  'late-seconds': lateSeconds,
};

/** The reading of one job; `payload` has SLA-78's fields where they are known. */
export const jobReading = (found: RunsOfJob, input: FigureInput): Reading => {
  const { payload, ...reading } = FIGURES[input.of](found, input);
  return { labels: { job: found.job }, ...reading, payload: { job: found.job, ...payload } };
};
