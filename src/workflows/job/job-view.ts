// What a run shows of itself: the state query, the live details and the search attributes, always changed
// together and from one place.
import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { Hold } from '../../domain/jobs/control.ts';
import type { Outlook } from '../../domain/jobs/foresight.ts';
import type { JobInput, RunPlan } from '../../domain/jobs/job.ts';
import { type Mishaps, mishapWords, NO_MISHAPS, withSlice } from '../../domain/jobs/mishaps.ts';
import type { RunState } from '../../domain/jobs/run.ts';
import { oneDecimal, slaState, utilization } from '../../domain/jobs/sla.ts';
import type { JobState } from '../../domain/jobs/state.ts';
import { jobDetails } from '../display.ts';
import { DESCRIPTIONS, stateQuery } from '../messages.ts';
import { KIND, NAME, PACK, STATE, UTILIZATION } from '../search-attributes.ts';

interface Figures {
  readonly deleted: number;
  readonly batches: number;
  readonly objects?: number | undefined;
  readonly setAside?: number | undefined;
  readonly throttledMs?: number | undefined;
}

/** What there was none of is not shown. */
const figures = ({ deleted, batches, objects, setAside, throttledMs }: Figures): Partial<JobState> => ({
  deleted,
  batches,
  ...(objects && { objects }),
  ...(setAside && { setAside }),
  ...(throttledMs && { throttledSeconds: Math.round(throttledMs / 1000) }),
});

const ahead = (outlook: Outlook | undefined): Partial<JobState> =>
  outlook
    ? {
        etaSeconds: Math.round(outlook.etaSeconds),
        projectedUtilizationPercent: oneDecimal(outlook.projectedPercent),
        rowsPerSecond: oneDecimal(outlook.rowsPerSecond),
      }
    : {};

/** How it stands against its budget at this moment. */
const budgetNow = (
  { startedAt, projectedUtilizationPercent }: JobState,
  budgetSeconds: number,
): Partial<JobState> => {
  if (!startedAt) return {};
  const used = utilization((Date.now() - Date.parse(startedAt)) / 1000, budgetSeconds);
  return { utilizationPercent: oneDecimal(used), sla: slaState(used, projectedUtilizationPercent) };
};

export interface JobView {
  readonly deleted: () => number;
  readonly began: (plan: RunPlan) => void;
  /** The step that the run is at from now on. */
  readonly atStep: (name: string) => void;
  readonly state: () => RunState;
  /** Shows the share of the budget as it is now: it grows while nothing else changes. */
  readonly refresh: () => void;
  /** `outlook` is what is ahead of it now, where there is anything to go by. */
  readonly sliced: (slice: number, totals: Figures, outlook?: Outlook) => void;
  /** What a slice came upon; shown with what the run shows next. */
  readonly befell: (slice: Parameters<typeof withSlice>[1]) => void;
  readonly mishaps: () => Mishaps | undefined;
  /** Somebody holds the run: it is paused, or about to stop. */
  readonly held: (hold: Hold) => void;
  readonly batchRows: (rows: number) => void;
  readonly waitingToRetry: (failure: string, seconds: number) => void;
  readonly throttled: (throttle: NonNullable<JobState['throttle']>) => void;
  readonly waitingForApproval: (approval: NonNullable<JobState['approval']>) => void;
  readonly approved: () => void;
  readonly running: () => void;
  readonly ended: (
    end: Figures & {
      readonly state: RunState;
      readonly reason?: string;
      readonly utilizationPercent?: number;
    },
  ) => void;
}

const unasked = (state: JobState): JobState => {
  const { approval: _, ...rest } = state;
  return rest;
};

const atFirst = ({ job, request = {}, carried }: JobInput, runId: string): JobState => ({
  pack: job.pack,
  job: job.name,
  runId,
  state: 'running',
  dryRun: request.dryRun ?? false,
  deleted: carried?.progress.deleted ?? 0,
  batches: carried?.progress.batches ?? 0,
  slice: carried?.lastSlice ?? 0,
  budgetSeconds: request.budgetSeconds ?? job.budgetSeconds,
  sla: 'noData',
  ...(carried?.mishaps && { mishaps: carried.mishaps }),
});

const announce = ({ pack, job, state }: JobState): void =>
  upsertSearchAttributes([
    { key: PACK, value: pack },
    { key: KIND, value: 'job' },
    { key: NAME, value: job },
    { key: STATE, value: state },
  ]);

/** What was so of the step before is not so of one that is done at once. */
const unplanned = (state: JobState): JobState => {
  const { cutoff: _, strategy: __, because: ___, ...rest } = state;
  return rest;
};

export const createJobView = ({ job, request = {}, carried }: JobInput, runId: string): JobView => {
  const budgetSeconds = request.budgetSeconds ?? job.budgetSeconds;
  let state = atFirst({ job, request, ...(carried && { carried }) }, runId);

  let plans: NonNullable<RunPlan['steps']> = carried?.plan.steps ?? {};

  const show = (change: Partial<JobState>): void => {
    const before = state.state;
    const next = { ...state, ...change };
    state = { ...state, ...budgetNow(next, budgetSeconds), ...change };
    setCurrentDetails(jobDetails(state));
    if (state.state !== before) upsertSearchAttributes([{ key: STATE, value: state.state }]);
  };

  setHandler(stateQuery, () => state, { description: DESCRIPTIONS.state });
  announce(state);
  show({});

  return {
    deleted: () => state.deleted,
    began: (plan) => {
      const { startedAt, cutoff, strategy, eligible, eligibleIsEstimate } = plan;
      plans = plan.steps ?? {};
      show({ startedAt, cutoff, strategy, eligible, eligibleIsEstimate });
    },
    atStep: (name) => {
      const { cutoff, strategy, because } = plans[name] ?? {};
      const place = job.steps.findIndex((step) => step.name === name) + 1;
      if (!strategy && job.steps.length > 1) state = unplanned(state);
      show({
        ...(job.steps.length > 1 && { step: { name, place, of: job.steps.length } }),
        ...(strategy && { cutoff: cutoff ?? '', strategy, because: because ?? '' }),
      });
    },
    state: () => state.state,
    refresh: () => show({}),
    sliced: (slice, totals, outlook) => show({ slice, ...figures(totals), ...ahead(outlook) }),
    befell: (slice) => {
      const mishaps = withSlice(state.mishaps ?? NO_MISHAPS, slice);
      if (mishapWords(mishaps)) state = { ...state, mishaps };
    },
    mishaps: () => state.mishaps,
    held: (hold) => show({ hold, ...(hold.kind === 'pause' && { state: 'paused' }) }),
    batchRows: (batchRows) => show({ batchRows }),
    waitingToRetry: (lastFailure, seconds) =>
      show({
        state: 'waitingToRetry',
        lastFailure,
        retryAt: new Date(Date.now() + seconds * 1000).toISOString(),
      }),
    throttled: (throttle) => show({ state: 'throttled', throttle }),
    running: () => {
      const { retryAt: _, hold: __, throttle: ___, ...rest } = state;
      state = rest;
      show({ state: state.approval ? 'waitingForApproval' : 'running' });
    },
    waitingForApproval: (approval) => show({ state: 'waitingForApproval', approval }),
    approved: () => {
      state = unasked(state);
      show({ state: 'running' });
    },
    ended: ({ state: end, reason, utilizationPercent, ...totals }) => {
      const used =
        utilizationPercent === undefined ? {} : { utilizationPercent, sla: slaState(utilizationPercent) };
      const { hold: _, retryAt: __, throttle: ___, approval: ____, ...others } = state;
      const {
        etaSeconds: _____,
        projectedUtilizationPercent: ______,
        rowsPerSecond: _______,
        ...rest
      } = others;
      state = rest;
      show({
        state: end,
        ...(reason && { reason }),
        ...figures(totals),
        ...used,
      });
      if (utilizationPercent !== undefined) {
        upsertSearchAttributes([{ key: UTILIZATION, value: utilizationPercent }]);
      }
    },
  };
};
