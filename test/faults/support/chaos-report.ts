// What is told of a chaotic run: its figures as they are asserted, printed and written to a file.
import { writeFileSync } from 'node:fs';
import type { WorkflowHandle } from '@temporalio/client';
import type { RunResult } from '../../../src/domain/jobs/run.ts';
import type { JobState } from '../../../src/domain/jobs/state.ts';
import type { WorkerProcess } from '../../support/programs/house.ts';
import type { Others } from './busy-table.ts';
import type { attemptsOf, Exactness, endingsOf, FaultFigures } from './ledger-facts.ts';
import { NEW_WORDS } from './release.ts';

/** How many batches were committed after what should have kept them from it was in force. */
export interface Late {
  readonly what: string;
  readonly batches: number;
}

export interface ChaosReport {
  readonly seed: number;
  readonly seconds: number;
  readonly result: RunResult;
  /** The main run and the one that it took over from. */
  readonly exact: Exactness;
  readonly faults: readonly FaultFigures[];
  readonly late: readonly Late[];
  readonly attempts: Awaited<ReturnType<typeof attemptsOf>>;
  readonly state: JobState;
  readonly endings: Awaited<ReturnType<typeof endingsOf>>;
  readonly endingsOfOther: Awaited<ReturnType<typeof endingsOf>>;
  /** Codes and words of how stopped workers ended once they woke; what was taken from them they may leave silently. */
  readonly zombiesSaid: readonly string[];
  readonly othersDid: Others['did'];
  /** What the history says of the deployment. */
  readonly history: { readonly slicesOfNewRelease: number; readonly failedTasks: readonly string[] };
}

export const lastWords = ({ stderr }: WorkerProcess): readonly string[] => [
  ...new Set(stderr().match(/SUPERSEDED|LOCK_TAKEN|invalid activityID/g)),
];

export const readHistory = async (run: WorkflowHandle): Promise<ChaosReport['history']> => {
  const { events = [] } = await run.fetchHistory();
  const decode = (data: Uint8Array | null | undefined): string => Buffer.from(data ?? []).toString();
  const summaries = (events ?? []).map(({ userMetadata }) => decode(userMetadata?.summary?.data));
  // A task that timed out is a worker that died; one that failed is code that could not go on from the history.
  const failedTasks = (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed ? [`${failed.failure?.message ?? failed.cause}`] : [],
  );
  return { slicesOfNewRelease: summaries.filter((text) => text.includes(NEW_WORDS)).length, failedTasks };
};

/** To the terminal, and to the file of SEXTON_FAULTS_REPORT. */
export const tell = (report: ChaosReport): void => {
  const { faults, result, ...rest } = report;
  console.table(faults);
  console.log(JSON.stringify({ ...rest, result }, undefined, 2));
  const file = process.env['SEXTON_FAULTS_REPORT'];
  if (file) writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
};
