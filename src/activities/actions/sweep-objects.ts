// One sweep: objects whose tombstones are due leave the store, are looked for, and are counted as gone in the
// transaction that purges their tombstones. A sweep that dies anywhere is simply done again: what is gone already
// counts as done (SLA-18), and nothing is counted before it is purged.
import { performance } from 'node:perf_hooks';
import { namesOf } from '../../adapters/blob-names.ts';
import { inTransaction } from '../../adapters/postgres/pool.ts';
import { type Position, type Walked, writeEntry } from '../../adapters/postgres/runs/ledger.ts';
import { setAside } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import {
  countAttempt,
  purge,
  readDue,
  readReferenced,
  type Tombstone,
} from '../../adapters/postgres/runs/tombstones.ts';
import type { OrphansStep, PathUse, TableColumn } from '../../domain/jobs/orphans.ts';
import type { BlobsStep } from '../../domain/jobs/step.ts';
import { type BatchContext, type HeldBatch, requireFence } from './batch.ts';
import { lookFor, type Removal, removeApart } from './remove-objects.ts';
import { removeUploads } from './remove-uploads.ts';
import { itemOf, requireFew } from './set-rows-aside.ts';

/** The most that are taken up at once, and that the store takes in one call. */
const MOST_OBJECTS = 1_000;

/** The same where each of them goes by itself: a hold is looked for in between. */
const MOST_SINGLY = 100;

/** An object that is still there after so many deletions that the store accepted waits for a person. */
const MOST_ATTEMPTS = 3;

export interface SweepContext extends Pick<BatchContext, 'pool' | 'claim' | 'job' | 'excluded'>, Removal {
  readonly step: BlobsStep | OrphansStep;
}

type SweepPosition = Pick<Position, 'seq' | 'pass' | 'cursor'> & { readonly walk: Walked };

export interface SweepResult<At> {
  readonly position: At;
  /** Objects that are gone. */
  readonly objects: number;
  readonly setAside: readonly string[];
  /** Nothing was due. */
  readonly done: boolean;
}

interface SweepInput<At> {
  readonly position: At;
  /** How many items the run has set aside before. */
  readonly already: number;
}

/** Rejects with BlobStoreError where the store does; then nothing is counted and the tombstones stay. */
export const sweepObjects = async <At extends SweepPosition>(
  context: SweepContext,
  { position, already }: SweepInput<At>,
): Promise<SweepResult<At> | HeldBatch> => {
  const startedAt = performance.now();
  const taken = await takeUp(context);
  if ('hold' in taken) return taken;
  const { due, withdrawn } = taken;
  if (due.length === 0) return { position, objects: 0, setAside: [], done: withdrawn === 0 };
  const found = (count: number, error: unknown): void => requireFew(already + count, context.job, error);
  const { gone, left, kept, refused } = await remove(context, due, found);

  const aside = await inTransaction(context.pool, async (tx) => {
    await requireFence(tx, context);
    const stubborn = await countAttempt(tx, left, MOST_ATTEMPTS);
    const faults = [
      ...[...refused].map(([resourceId, error]) => ({ resourceId, failureMode: 'blob_refused', error })),
      ...stubborn.map((resourceId) => ({ resourceId, failureMode: 'blob_still_there', error: STILL_THERE })),
    ];
    for (const fault of faults) await setAside(tx, { ...itemOf(context), ...fault });
    requireFew(already + faults.length, context.job, new Error(faults.at(-1)?.error ?? ''));
    await purge(tx, kept);
    const objects = await purge(tx, gone);
    const { runId, slice, attempt } = context.claim;
    const { pass, walk, cursor } = position;
    const at = { runId, step: context.step.name, seq: position.seq + 1, slice, attempt, pass, walk, cursor };
    const ms = Math.round((performance.now() - startedAt) * 10) / 10;
    await writeEntry(tx, { ...at, deleted: 0, objects, setAside: faults.length, ms });
    return faults.map(({ resourceId }) => resourceId);
  });
  const next = { ...position, seq: position.seq + 1 };
  return { position: next, objects: gone.length, setAside: aside, done: false };
};

const STILL_THERE = `the store accepted the deletion ${MOST_ATTEMPTS} times and the object is still there`;

interface Swept {
  readonly gone: readonly string[];
  readonly left: readonly string[];
  /** Objects that stay: their tombstones are withdrawn. */
  readonly kept: readonly string[];
  readonly refused: ReadonlyMap<string, string>;
}

const remove = async (
  context: SweepContext,
  due: readonly Tombstone[],
  found: (count: number, error: unknown) => void,
): Promise<Swept> => {
  const { blobs, over, pool } = context;
  if (pathUseOf(context.step) === 'immutable') {
    const paths = due.map(({ path }) => path);
    const { accepted, refused } = await removeApart(context, paths, found);
    return { ...(await lookFor({ over }, accepted, blobs.existing)), kept: [], refused };
  }
  const fenced: Parameters<typeof removeUploads>[0]['fenced'] = (work) =>
    inTransaction(pool, async (tx) => {
      if ((await requireFence(tx, context)).hold) return false;
      await work(tx);
      return true;
    });
  const { outcomes, refused } = await removeUploads({ blobs, over, fenced, found }, due);
  const those = (outcome: string): readonly string[] =>
    [...outcomes].filter(([, each]) => each === outcome).map(([path]) => path);
  return { gone: those('gone'), left: those('left'), kept: those('kept'), refused };
};

const pathUseOf = (step: SweepContext['step']): PathUse =>
  step.action === 'blobs' ? (step.blobs.paths ?? 'immutable') : step.orphans.paths;

/** Where a row may name the objects of the step. */
const columnsOf = (step: SweepContext['step']): readonly TableColumn[] => {
  if (step.action === 'orphans') return step.orphans.referencedBy;
  const { schema, table } = step.selection;
  return [{ schema, table, column: step.blobs.column }];
};

interface Taken {
  readonly due: readonly Tombstone[];
  /** Tombstones that went because a row names their object again. */
  readonly withdrawn: number;
}

const takeUp = (context: SweepContext): Promise<Taken | HeldBatch> => {
  const { pool, step, job, excluded, blobs } = context;
  return inTransaction(pool, async (tx) => {
    const { hold, batchRows = step.batchRows } = await requireFence(tx, context);
    if (hold) return { hold };
    const owner = { pack: job.pack, job: job.name, step: step.name };
    const most = pathUseOf(step) === 'immutable' ? MOST_OBJECTS : MOST_SINGLY;
    const tombstones = await readDue(tx, owner, { excluded, limit: Math.min(batchRows, most) });
    const named = tombstones.map(({ path }) => namesOf(blobs.storeId, path));
    const held = await readReferenced(tx, columnsOf(step), named.flat());
    const stay = tombstones.filter((_, place) => named[place]?.some((name) => held.has(name)));
    if (stay.length > 0)
      await purge(
        tx,
        stay.map(({ path }) => path),
      );
    return { due: tombstones.filter((each) => !stay.includes(each)), withdrawn: stay.length };
  });
};
