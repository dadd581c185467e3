// What a run shows of itself: the state query, the live details and the search attributes, always changed
// together and from one place.
import { setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { JobInput, RunPlan } from '../domain/job.ts';
import type { JobState } from '../domain/job-state.ts';
import type { RunState } from '../domain/run.ts';
import { oneDecimal, slaState, utilization } from '../domain/sla.ts';
import { jobDetails } from './display.ts';
import { DESCRIPTIONS, stateQuery } from './messages.ts';
import { KIND, NAME, PACK, STATE, UTILIZATION } from './search-attributes.ts';

export interface JobView {
  readonly deleted: () => number;
  readonly began: (plan: RunPlan) => void;
  readonly sliced: (slice: number, totals: { readonly deleted: number; readonly batches: number }) => void;
  readonly waitingToRetry: (failure: string, seconds: number) => void;
  readonly running: () => void;
  readonly ended: (end: {
    readonly state: RunState;
    readonly reason?: string;
    readonly deleted: number;
    readonly batches: number;
    readonly utilizationPercent?: number;
  }) => void;
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
    sliced: (slice, { deleted, batches }) => show({ slice, deleted, batches }),
    waitingToRetry: (lastFailure, seconds) =>
      show({
        state: 'waitingToRetry',
        lastFailure,
        retryAt: new Date(Date.now() + seconds * 1000).toISOString(),
      }),
    running: () => {
      const { retryAt: _, ...rest } = state;
      state = rest;
      show({ state: 'running' });
    },
    ended: ({ state: end, reason, deleted, batches, utilizationPercent }) => {
      const used =
        utilizationPercent === undefined ? {} : { utilizationPercent, sla: slaState(utilizationPercent) };
      show({ state: end, ...(reason && { reason }), deleted, batches, ...used });
      if (utilizationPercent !== undefined) {
        upsertSearchAttributes([{ key: UTILIZATION, value: utilizationPercent }]);
      }
    },
  };
};
