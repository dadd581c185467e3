// What a run shows of itself: the state query, the live details and the search attributes, always changed
// together and from one place.
import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { Hold } from '../domain/control.ts';
import type { JobInput, RunPlan } from '../domain/job.ts';
import type { JobState } from '../domain/job-state.ts';
import type { RunState } from '../domain/run.ts';
import { oneDecimal, slaState, utilization } from '../domain/sla.ts';
import { jobDetails } from './display.ts';
import { DESCRIPTIONS, stateQuery } from './messages.ts';
import { KIND, NAME, PACK, STATE, UTILIZATION } from './search-attributes.ts';

interface Figures {
  readonly deleted: number;
  readonly batches: number;
  readonly objects?: number | undefined;
  readonly setAside?: number | undefined;
}

/** What there was none of is not shown. */
const figures = ({ deleted, batches, objects, setAside }: Figures): Partial<JobState> => ({
  deleted,
  batches,
  ...(objects && { objects }),
  ...(setAside && { setAside }),
});

export interface JobView {
  readonly deleted: () => number;
  readonly began: (plan: RunPlan) => void;
  readonly state: () => RunState;
  /** Shows the share of the budget as it is now: it grows while nothing else changes. */
  readonly refresh: () => void;
  readonly sliced: (slice: number, totals: Figures) => void;
  /** Somebody holds the run: it is paused, or about to stop. */
  readonly held: (hold: Hold) => void;
  readonly batchRows: (rows: number) => void;
  readonly waitingToRetry: (failure: string, seconds: number) => void;
  readonly running: () => void;
  readonly ended: (
    end: Figures & {
      readonly state: RunState;
      readonly reason?: string;
      readonly utilizationPercent?: number;
    },
  ) => void;
}

export const createJobView = ({ job, request = {}, carried }: JobInput, runId: string): JobView => {
  const budgetSeconds = request.budgetSeconds ?? job.budgetSeconds;
  let state: JobState = {
    pack: job.pack,
    job: job.name,
    runId,
    state: 'running',
    dryRun: request.dryRun ?? false,
    deleted: carried?.progress.deleted ?? 0,
    batches: carried?.progress.batches ?? 0,
    slice: carried?.lastSlice ?? 0,
    budgetSeconds,
    sla: 'noData',
  };

  const show = (change: Partial<JobState>): void => {
    const before = state.state;
    const used =
      state.startedAt && utilization((Date.now() - Date.parse(state.startedAt)) / 1000, budgetSeconds);
    const live =
      typeof used === 'number' ? { utilizationPercent: oneDecimal(used), sla: slaState(used) } : {};
    state = { ...state, ...live, ...change };
    setCurrentDetails(jobDetails(state));
    if (state.state !== before) upsertSearchAttributes([{ key: STATE, value: state.state }]);
  };

  setHandler(stateQuery, () => state, { description: DESCRIPTIONS.state });
  upsertSearchAttributes([
    { key: PACK, value: job.pack },
    { key: KIND, value: 'job' },
    { key: NAME, value: job.name },
    { key: STATE, value: state.state },
  ]);
  show({});

  return {
    deleted: () => state.deleted,
    began: ({ startedAt, cutoff, strategy, eligible, eligibleIsEstimate }) =>
      show({ startedAt, cutoff, strategy, eligible, eligibleIsEstimate }),
    state: () => state.state,
    refresh: () => show({}),
    sliced: (slice, totals) => show({ slice, ...figures(totals) }),
    held: (hold) => show({ hold, ...(hold.kind === 'pause' && { state: 'paused' }) }),
    batchRows: (batchRows) => show({ batchRows }),
    waitingToRetry: (lastFailure, seconds) =>
      show({
        state: 'waitingToRetry',
        lastFailure,
        retryAt: new Date(Date.now() + seconds * 1000).toISOString(),
      }),
    running: () => {
      const { retryAt: _, hold: __, ...rest } = state;
      state = rest;
      show({ state: 'running' });
    },
    ended: ({ state: end, reason, deleted, batches, objects, setAside, utilizationPercent }) => {
      const used =
        utilizationPercent === undefined ? {} : { utilizationPercent, sla: slaState(utilizationPercent) };
      const { hold: _, retryAt: __, ...rest } = state;
      state = rest;
      show({
        state: end,
        ...(reason && { reason }),
        ...figures({ deleted, batches, objects, setAside }),
        ...used,
      });
      if (utilizationPercent !== undefined) {
        upsertSearchAttributes([{ key: UTILIZATION, value: utilizationPercent }]);
      }
    },
  };
};
