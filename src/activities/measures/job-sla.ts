// `job-sla`: how jobs do against what was declared of them, from Sexton's own rows or from a database's audit log.
import { readAuditedRuns } from '../../adapters/postgres/monitors/audited-runs.ts';
import {
  type FoundJobs,
  type KnownRun,
  readKnownAmong,
  readRunsOfJobs,
} from '../../adapters/postgres/monitors/job-runs.ts';
import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import { ticksUntil } from '../../catalog/cron.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import type { FoundRun, RunsOfJob } from '../../domain/monitors/found-runs.ts';
import { jobReading } from '../../domain/monitors/job-figures.ts';
import type { JobFigure, JobSlaParams } from '../../domain/monitors/measure-params.ts';
import { type DeclaredJob, type LookingDependencies, lookingAt, ofPack } from './looking.ts';
import { type Asked, MeasureError, type MeasureKind, paramsOf } from './measure-kind.ts';

/** A run that has taken so many times its budget and that nobody knows any more is lost (SLA-116). */
const LOST_BUDGETS = 2;

export const createJobSlaMeasure =
  (dependencies: LookingDependencies): MeasureKind =>
  async (asked) => {
    const params = paramsOf(asked) as JobSlaParams;
    const jobs = ofPack(dependencies.declared?.jobs ?? [], asked.pack, params.jobs);
    if (jobs.length === 0)
      throw new MeasureError(
        'UNKNOWN_NAME',
        `this worker's configuration has none of these jobs of pack ${asked.pack}`,
      );
    const { once = (_, ask) => ask() } = asked;
    const found = await once(keyOf(asked, params), () => findRuns(dependencies, asked, params, jobs));
    const nowMs = Date.parse(found.asOf);
    const readings = found.jobs.map((each) => {
      const job = jobs.find(({ name }) => name === each.job);
      const { of, withinSeconds, baseline, runs } = params;
      const ticks = job && isOfTicks(of) ? ticksOf(job, each, nowMs, withinSeconds) : undefined;
      const settledMs = settledAt(asked, params);
      return jobReading(
        { ...each, budgetSeconds: job?.budgetSeconds },
        { of, withinSeconds, nowMs, ticks, baseline, runs, settledMs },
      );
    });
    return { asOf: found.asOf, readings };
  };

/** Figures of the same jobs are of the same runs, at one instant. */
const keyOf = ({ pack, timeoutMs }: Asked, { from, database, jobs }: JobSlaParams): string =>
  JSON.stringify(['job-sla', pack, timeoutMs, from, database, jobs]);

/** What was over by then was seen by an earlier tick, or has come too late to wake anybody (SLA-38, SLA-118). */
const settledAt = ({ lastTaken }: Asked, { overlapSeconds }: JobSlaParams): number | undefined =>
  lastTaken === undefined || overlapSeconds === undefined
    ? undefined
    : Date.parse(lastTaken) - overlapSeconds * 1000;

const isOfTicks = (of: JobFigure): boolean => of === 'missed-ticks' || of === 'late-seconds';

const ticksOf = (
  job: DeclaredJob,
  { firstAt }: RunsOfJob,
  nowMs: number,
  withinSeconds: number,
): readonly number[] => {
  const since = Math.max(nowMs - withinSeconds * 1000, firstAt === null ? nowMs : Date.parse(firstAt));
  return ticksUntil(job.schedule, { fromMs: since, toMs: nowMs });
};

const findRuns = async (
  dependencies: LookingDependencies,
  asked: Asked,
  { from, database = '' }: JobSlaParams,
  jobs: readonly DeclaredJob[],
): Promise<FoundJobs> => {
  const { pack } = asked;
  const { home } = dependencies.databases;
  if (from === 'runs')
    return lookReadOnly(home, asked, (tx) =>
      readRunsOfJobs(tx, { pack, jobs: jobs.map(({ name }) => name) }),
    );
  const wanted = jobs.map(({ name, resourceType, budgetSeconds }) => ({
    job: name,
    resourceType,
    budgetSeconds,
  }));
  const found = await lookReadOnly(lookingAt(dependencies, pack, database), asked, (tx) =>
    readAuditedRuns(tx, { pack, jobs: wanted }),
  );
  const doubtful = found.jobs.flatMap(({ runs }) => runs.filter(isDoubtful).map(({ runId }) => runId));
  if (doubtful.length === 0) return found;
  const known = await lookReadOnly(home, asked, (tx) => readKnownAmong(tx, doubtful));
  return {
    ...found,
    jobs: found.jobs.map((job) => ({
      ...job,
      runs: job.runs.map((run) => lostUnless(known.get(run.runId)?.open, given(run, known.get(run.runId)))),
    })),
  };
};

const isDoubtful = ({ state, budgetMismatch }: FoundRun): boolean =>
  state === 'running' || budgetMismatch === true;

/** What is declared wins over what a log tells (SLA-26), but for a run that a person gave a budget of its own. */
const given = (run: FoundRun, known: KnownRun | undefined): FoundRun =>
  run.budgetMismatch && known && known.givenSeconds !== null
    ? { ...run, budgetSeconds: known.givenSeconds }
    : run;

const isOverdue = ({ state, seconds, budgetSeconds }: FoundRun): boolean =>
  state === 'running' && seconds !== null && budgetSeconds !== null && seconds > LOST_BUDGETS * budgetSeconds;

/** Failed at the instant from which it counts as lost. */
const lostUnless = (open: boolean | undefined, run: FoundRun): FoundRun => {
  if (!isOverdue(run) || open) return run;
  const seconds = LOST_BUDGETS * (run.budgetSeconds ?? 0);
  const endedAt = new Date(Date.parse(run.startedAt ?? '') + seconds * 1000).toISOString();
  return { ...run, state: 'failed', seconds, endedAt, errorCode: FAILURE_TYPES.runLost };
};
