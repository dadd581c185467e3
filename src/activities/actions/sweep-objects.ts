// One sweep: objects whose tombstones are due leave the store, are looked for, and are counted as gone in the
// transaction that purges their tombstones. A sweep that dies anywhere is simply done again: what is gone already
// counts as done (SLA-18), and nothing is counted before it is purged.
import { performance } from 'node:perf_hooks';
import { type BlobStore, BlobStoreError } from '../../adapters/blob-store.ts';
import { type Position, writeEntry } from '../../adapters/postgres/ledger.ts';
import { setAside } from '../../adapters/postgres/manual-resolution-queue.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { countAttempt, purge, readDue, readReferenced } from '../../adapters/postgres/tombstones.ts';
import type { BlobsStep } from '../../domain/job.ts';
import { messageOf } from '../failures.ts';
import { type BatchContext, type HeldBatch, requireFence } from './batch.ts';
import { itemOf, requireFew } from './set-rows-aside.ts';

/** The most that the store takes in one call. */
const MOST_OBJECTS = 1_000;

/** Objects of a sweep that are looked for; where one of them is still there, all are. */
const SAMPLE = 5;

/** An object that is still there after so many deletions that the store accepted waits for a person. */
const MOST_ATTEMPTS = 3;

export interface SweepContext extends BatchContext {
  readonly step: BlobsStep;
  readonly blobs: BlobStore;
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
  const refused = new Map<string, string>();
  await removeApart(context.blobs, due, (path, error) => {
    refused.set(path, messageOf(error));
    requireFew(already + refused.size, context.job.name, error);
  });
  const accepted = due.filter((path) => !refused.has(path));
  const left = new Set(await stillThere(context.blobs, accepted));
  const gone = accepted.filter((path) => !left.has(path));

  const aside = await inTransaction(context.pool, async (tx) => {
    await requireFence(tx, context);
    const stubborn = await countAttempt(tx, [...left], MOST_ATTEMPTS);
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

/** One bad path makes the store refuse the whole call, so a refused call is halved until the bad one is alone. */
const removeApart = async (
  blobs: BlobStore,
  paths: readonly string[],
  refuse: (path: string, error: unknown) => void,
): Promise<void> => {
  try {
    await blobs.remove(paths);
  } catch (error) {
    if (!(error instanceof BlobStoreError) || error.fault !== 'refused') throw error;
    const [first = '', ...others] = paths;
    if (others.length === 0) return refuse(first, error);
    const half = Math.ceil(paths.length / 2);
    await removeApart(blobs, paths.slice(0, half), refuse);
    await removeApart(blobs, paths.slice(half), refuse);
  }
};

/** The store tells nothing per object, so a few are looked for, evenly spread; only a bad sign makes it all of them. */
const stillThere = async (blobs: BlobStore, paths: readonly string[]): Promise<readonly string[]> => {
  const every = Math.max(1, Math.floor(paths.length / SAMPLE));
  const sample = paths.filter((_, place) => place % every === 0);
  const found = await blobs.existing(sample);
  return found.length === 0 ? [] : blobs.existing(paths);
};
