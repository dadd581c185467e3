// `job-sla`: how jobs do against what was declared of them, from Sexton's own rows or from a database's audit log.
import { readAuditedRuns } from '../../adapters/postgres/monitors/audited-runs.ts';
import { type FoundJobs, readOpenAmong, readRunsOfJobs } from '../../adapters/postgres/monitors/job-runs.ts';
import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import { ticksUntil } from '../../catalog/cron.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { type FoundRun, jobReading, type RunsOfJob } from '../../domain/monitors/job-figures.ts';
import type { JobFigure, JobSlaParams } from '../../domain/monitors/measure-params.ts';
import { type DeclaredJob, type LookingDependencies, lookingAt, ofPack } from './looking.ts';
import { type Asked, MeasureError, type MeasureKind, paramsOf } from './measure-kind.ts';

/** The newest run is among these, whatever was skipped or stopped since. */
const FEW_RUNS = 20;

const mostRuns = (of: JobFigure): { readonly most?: number } =>
  of === 'utilization' || of === 'duration' ? { most: FEW_RUNS } : {};

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
    const found = await findRuns(dependencies, asked, params, jobs);
    const nowMs = Date.parse(found.asOf);
    const readings = found.jobs.map((each) => {
      const job = jobs.find(({ name }) => name === each.job);
      const { of, withinSeconds } = params;
      const ticks = job && isOfTicks(of) ? ticksOf(job, each, nowMs, withinSeconds) : undefined;
      return jobReading(each, { of, withinSeconds, nowMs, ticks });
    });
    return { asOf: found.asOf, readings };
  };

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
  { of, from, database = '' }: JobSlaParams,
  jobs: readonly DeclaredJob[],
): Promise<FoundJobs> => {
  const { pack } = asked;
  const { home } = dependencies.databases;
  if (from === 'runs')
    return lookReadOnly(home, asked, (tx) =>
      readRunsOfJobs(tx, { pack, jobs: jobs.map(({ name }) => name), ...mostRuns(of) }),
    );
  const wanted = jobs.map(({ name, resourceType, budgetSeconds }) => ({
    job: name,
    resourceType,
    budgetSeconds,
  }));
  const found = await lookReadOnly(lookingAt(dependencies, pack, database), asked, (tx) =>
    readAuditedRuns(tx, { pack, jobs: wanted, ...mostRuns(of) }),
  );
  const overdue = found.jobs.flatMap(({ runs }) => runs.filter(isOverdue).map(({ runId }) => runId));
  if (overdue.length === 0) return found;
  const open = await lookReadOnly(home, asked, (tx) => readOpenAmong(tx, overdue));
  return {
    ...found,
    jobs: found.jobs.map((job) => ({ ...job, runs: job.runs.map((run) => lostUnless(open, run)) })),
  };
};

const isOverdue = ({ state, seconds, budgetSeconds }: FoundRun): boolean =>
  state === 'running' && seconds !== null && budgetSeconds !== null && seconds > LOST_BUDGETS * budgetSeconds;

/** Failed at the instant from which it counts as lost. */
const lostUnless = (open: ReadonlySet<string>, run: FoundRun): FoundRun => {
  if (!isOverdue(run) || open.has(run.runId)) return run;
  const seconds = LOST_BUDGETS * (run.budgetSeconds ?? 0);
  const endedAt = new Date(Date.parse(run.startedAt ?? '') + seconds * 1000).toISOString();
  return { ...run, state: 'failed', seconds, endedAt, errorCode: FAILURE_TYPES.runLost };
};
