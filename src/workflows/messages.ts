// Every query, signal and update, by the name that the Temporal UI and CLI use.
import { defineQuery } from '@temporalio/workflow';
import type { JobState } from '../domain/job-state.ts';

export const stateQuery = defineQuery<JobState>('state');

/** Shown by the UI beside each handler. */
export const DESCRIPTIONS = {
  state: 'Where the run stands: state, rows gone, share of budget, what it waits for.',
} as const;
