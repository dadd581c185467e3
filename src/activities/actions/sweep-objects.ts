// One sweep: objects whose tombstones are due leave the store, are looked for, and are counted as gone in the
// transaction that purges their tombstones. A sweep that dies anywhere is simply done again: what is gone already
// counts as done (SLA-18), and nothing is counted before it is purged.
import { performance } from 'node:perf_hooks';
import { type Position, writeEntry } from '../../adapters/postgres/ledger.ts';
import { setAside } from '../../adapters/postgres/manual-resolution-queue.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { countAttempt, purge, readDue, readReferenced } from '../../adapters/postgres/tombstones.ts';
import type { BlobsStep } from '../../domain/job.ts';
import { type BatchContext, type HeldBatch, requireFence } from './batch.ts';
import { lookFor, type Removal, removeApart } from './remove-objects.ts';
import { itemOf, requireFew } from './set-rows-aside.ts';

/** The most that the store takes in one call. */
const MOST_OBJECTS = 1_000;

/** An object that is still there after so many deletions that the store accepted waits for a person. */
const MOST_ATTEMPTS = 3;

export interface SweepContext extends BatchContext, Removal {
  readonly step: BlobsStep;
}

export interface SweepResult {
  readonly position: Position;
  /** Objects that are gone. */
  readonly objects: number;
  readonly setAside: readonly string[];
  /** Nothing was due. */
  readonly done: boolean;
}

/** Rejects with BlobStoreError where the store does; then nothing is counted and the tombstones stay. */
export const sweepObjects = async (
  context: SweepContext,
  { position, already }: { readonly position: Position; readonly already: number },
): Promise<SweepResult | HeldBatch> => {
  const startedAt = performance.now();
  const taken = await takeUp(context);
  if ('hold' in taken) return taken;
  const { due, withdrawn } = taken;
  if (due.length === 0) return { position, objects: 0, setAside: [], done: withdrawn === 0 };
  const { name } = context.job;
  const { accepted, refused } = await removeApart(context, due, (count, error) =>
    requireFew(already + count, name, error),
  );
  const { gone, left } = await lookFor(context, accepted);

  const aside = await inTransaction(context.pool, async (tx) => {
    await requireFence(tx, context);
    const stubborn = await countAttempt(tx, left, MOST_ATTEMPTS);
    const faults = [
      ...[...refused].map(([resourceId, error]) => ({ resourceId, failureMode: 'blob_refused', error })),
      ...stubborn.map((resourceId) => ({ resourceId, failureMode: 'blob_still_there', error: STILL_THERE })),
    ];
    for (const fault of faults) await setAside(tx, { ...itemOf(context), ...fault });
    requireFew(already + faults.length, context.job.name, new Error(faults.at(-1)?.error ?? ''));
    const objects = await purge(tx, gone);
    const { runId, slice, attempt } = context.claim;
    const { pass, cursor } = position;
    const at = { runId, step: context.step.name, seq: position.seq + 1, slice, attempt, pass, cursor };
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    await writeEntry(tx, { ...at, deleted: 0, objects, setAside: faults.length, ms });
    return faults.map(({ resourceId }) => resourceId);
  });
  const next = { ...position, seq: position.seq + 1 };
  return { position: next, objects: gone.length, setAside: aside, done: false };
};

const STILL_THERE = `the store accepted the deletion ${MOST_ATTEMPTS} times and the object is still there`;

interface Taken {
  readonly due: readonly string[];
  /** Tombstones that went because a row names their object again. */
  readonly withdrawn: number;
}

const takeUp = (context: SweepContext): Promise<Taken | HeldBatch> => {
  const { pool, step, job, excluded } = context;
  return inTransaction(pool, async (tx) => {
    const { hold, batchRows = step.batchRows } = await requireFence(tx, context);
    if (hold) return { hold };
    const owner = { pack: job.pack, job: job.name, step: step.name };
    const paths = await readDue(tx, owner, { excluded, limit: Math.min(batchRows, MOST_OBJECTS) });
    const named = paths.length > 0 ? await readReferenced(tx, step, paths) : [];
    if (named.length > 0) await purge(tx, named);
    const stay = new Set(named);
    return { due: paths.filter((path) => !stay.has(path)), withdrawn: named.length };
  });
};
