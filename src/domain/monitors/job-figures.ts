// What a job's runs come to, as one number, and the run that it is told of.
import { oneDecimal } from '../jobs/sla.ts';
import { type FoundRun, isCompleted, msOf, type RunsOfJob } from './found-runs.ts';
import { baselineOf, paceRatio, throughputOf } from './job-pace.ts';
import { attempts, failingStreak, rate, skips } from './job-rates.ts';
import { DAY_SECONDS, type FigureInput, type Found, NOTHING, type Of, ofRun, usedOf } from './job-reading.ts';
import { lateSeconds, missedTicks } from './job-ticks.ts';
import type { Reading } from './measure.ts';
import type { Baseline, JobFigure } from './measure-params.ts';

const DEFAULT_BASELINE: Baseline = { overSeconds: 14 * DAY_SECONDS, minimumRuns: 5 };

const DEFAULT_RUNS = 3;

const howLong = (of: Of, figure: 'duration' | 'utilization'): Found => {
  // One that was stopped or failed was not let do its work, so how long it took says nothing.
  const newest = of.found.runs.find(({ state }) => state === 'succeeded' || state === 'running');
  if (!newest) return NOTHING;
  if (figure === 'duration') return ofRun(of, newest.seconds, newest);
  const run = worseOf(newest, of.found.runs);
  return ofRun(of, usedOf(run), run);
};

/** One that has only begun does not take back what the completed one before it says; in the end it will (SLA-35). */
const worseOf = (newest: FoundRun, runs: readonly FoundRun[]): FoundRun => {
  const completed = newest.state === 'running' && runs.find(({ state }) => state === 'succeeded');
  return completed && (usedOf(completed) ?? 0) > (usedOf(newest) ?? 0) ? completed : newest;
};

/** The least that any of the last so many completed runs used, so that a limit is crossed where all of them cross it. */
const sustained = (of: Of): Found => {
  const { found, input } = of;
  const { runs: many = DEFAULT_RUNS } = input;
  const last = found.runs.filter(isCompleted).slice(0, many);
  const [newest] = last;
  if (!newest || last.length < many) return NOTHING;
  const used = last.map(usedOf);
  const least = used.some((each) => each === null) ? null : Math.min(...used.map(Number));
  const told = used.map((each) => (each === null ? null : oneDecimal(each)));
  const facts = [['last runs used', told.map((each) => `${each ?? '–'} %`).join(', ')] as const];
  return ofRun(of, least, newest, { facts, payload: { last_utilization_percents: told } });
};

const sinceSuccess = ({ found: { runs }, input: { nowMs } }: Of): Found => {
  const run = runs.find((each) => isCompleted(each) && each.endedAt !== null);
  if (!run) return NOTHING;
  return {
    value: Math.max(0, (nowMs - msOf(run.endedAt)) / 1000),
    facts: [['last success', run.endedAt ?? '']],
  };
};

const pace = (of: Of, figure: 'throughput' | 'throughput-ratio'): Found => {
  const { found, input } = of;
  const run = found.runs.find(isCompleted);
  if (!run) return NOTHING;
  const baseline = baselineOf(found.runs, run, input.baseline ?? DEFAULT_BASELINE);
  const throughput = throughputOf(run);
  const told = {
    now: throughput === null ? null : oneDecimal(throughput),
    usual: baseline && oneDecimal(baseline),
  };
  const facts = [
    ['records an hour', `${told.now ?? '–'}`],
    ['usual records an hour', `${told.usual ?? '–'}`],
  ] as const;
  return ofRun(of, figure === 'throughput' ? throughput : paceRatio(run, baseline), run, {
    facts,
    payload: {
      records_processed: run.work?.records ?? null,
      throughput_per_hour: told.now,
      baseline_throughput_per_hour: told.usual,
    },
  });
};

const FIGURES: Readonly<Record<JobFigure, (of: Of) => Found>> = {
  utilization: (of) => howLong(of, 'utilization'),
  duration: (of) => howLong(of, 'duration'),
  'sustained-utilization': sustained,
  'failing-streak': failingStreak,
  'success-rate': (of) => rate(of, 'succeeded'),
  'error-rate': (of) => rate(of, 'failed'),
  attempts,
  throughput: (of) => pace(of, 'throughput'),
  'throughput-ratio': (of) => pace(of, 'throughput-ratio'),
  'lock-skips': skips,
  'since-success': sinceSuccess,
  'missed-ticks': missedTicks,
  'late-seconds': lateSeconds,
};

/** The reading of one job. */
export const jobReading = (found: RunsOfJob, input: FigureInput): Reading => {
  const { payload, ...reading } = FIGURES[input.of]({ found, input });
  const budget = found.budgetSeconds === undefined ? {} : { sla_budget_seconds: found.budgetSeconds };
  return { labels: { job: found.job }, ...reading, payload: { job: found.job, ...budget, ...payload } };
};
