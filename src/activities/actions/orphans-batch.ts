// What the batches of a step of orphans have in common: each is one transaction under the fence, with its ledger row.
import { performance } from 'node:perf_hooks';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import type { LedgerEntry } from '../../adapters/postgres/runs/ledger.ts';
import type { Candidates, OrphansPosition } from '../../adapters/postgres/runs/orphans.ts';
import type { OrphansStep } from '../../domain/jobs/orphans.ts';
import type { PatientStore } from '../slice/patient-store.ts';
import { type BatchContext, type HeldBatch, requireFence } from './batch.ts';

export interface OrphansContext extends Pick<BatchContext, 'pool' | 'claim' | 'job' | 'excluded'> {
  readonly step: OrphansStep;
  readonly blobs: PatientStore;
  /** Uploads from here on are young; epoch milliseconds. */
  readonly cutoffMs: number;
}

export interface OrphansBatch {
  readonly position: OrphansPosition;
  readonly setAside: readonly string[];
}

export interface BatchInput {
  readonly position: OrphansPosition;
  /** How many items the run has set aside before. */
  readonly already: number;
}

export const candidatesOf = ({ job, step, claim }: OrphansContext): Candidates => ({
  pack: job.pack,
  job: job.name,
  step: step.name,
  runId: claim.runId,
});

/** Nothing is done where somebody holds the run. */
export const fenced = <T>(
  context: OrphansContext,
  work: (tx: Queryable) => Promise<T>,
): Promise<T | HeldBatch> =>
  inTransaction(context.pool, async (tx) => {
    const { hold } = await requireFence(tx, context);
    return hold ? { hold } : work(tx);
  });

export const entryOf = (
  { claim, step }: OrphansContext,
  { seq, pass, walk, cursor }: OrphansPosition,
  { startedAt, setAside: faults }: { readonly startedAt: number; readonly setAside: number },
): LedgerEntry => ({
  runId: claim.runId,
  step: step.name,
  slice: claim.slice,
  attempt: claim.attempt,
  seq,
  pass,
  walk,
  cursor,
  deleted: 0,
  setAside: faults,
  ms: Math.round((performance.now() - startedAt) * 10) / 10,
});
