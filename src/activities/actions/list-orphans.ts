// A page of the store's listing: what no row names is written down as a candidate, and nothing is deleted.
import { performance } from 'node:perf_hooks';
import { writeEntry } from '../../adapters/postgres/runs/ledger.ts';
import { setAside } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import {
  cursorOf,
  forgetEarlier,
  listed,
  type OrphansPosition,
  STAGES,
  writeCandidates,
} from '../../adapters/postgres/runs/orphans.ts';
import { LONGEST_PATH_BYTES } from '../../adapters/postgres/runs/tombstones.ts';
import type { HeldBatch } from './batch.ts';
import { findOrphans } from './find-orphans.ts';
import {
  type BatchInput,
  candidatesOf,
  entryOf,
  fenced,
  type OrphansBatch,
  type OrphansContext,
} from './orphans-batch.ts';
import { itemOf, requireFew } from './set-rows-aside.ts';

/** The most that a page of the store holds. */
const LONGEST_PAGE = 1_000;

/** Candidates of earlier runs that are forgotten at once. */
const FORGOTTEN_AT_ONCE = 10_000;

/** One page. Its objects are compared with the rows as they are after it was listed. */
export const listPage = async (
  context: OrphansContext,
  { position, already }: BatchInput,
): Promise<OrphansBatch | HeldBatch> => {
  const { blobs, step, cutoffMs, job, excluded } = context;
  const startedAt = performance.now();
  const owner = candidatesOf(context);
  const { after, seen, known } = listed(position);
  const limit = Math.min(step.batchRows, LONGEST_PAGE);
  const { prefix } = step.orphans;
  const page = await blobs.list({ prefix, limit, ...(after !== '' && { cursor: after }) });
  return fenced(context, async (tx) => {
    const input = { step, owner, storeId: blobs.storeId, cutoffMs };
    const found = await findOrphans(tx, input, page.objects);
    const tooLong = found.orphans.filter(({ path }) => !fits(path)).map(({ path }) => shortened(path));
    const faults = tooLong.filter((name) => !excluded.includes(name));
    for (const resourceId of faults)
      await setAside(tx, { ...itemOf(context), resourceId, failureMode: 'path_too_long', error: TOO_LONG });
    requireFew(already + faults.length, job, new Error(TOO_LONG));
    await writeCandidates(
      tx,
      owner,
      found.orphans.filter(({ path }) => fits(path)),
    );
    const sums = { seen: seen + page.objects.length, known: known + found.known };
    const next: OrphansPosition = {
      ...position,
      seq: position.seq + 1,
      pass: page.cursor === undefined ? STAGES.burying : STAGES.listing,
      cursor: cursorOf({ after: page.cursor ?? '', ...sums }),
    };
    await writeEntry(tx, entryOf(context, next, { startedAt, setAside: faults.length }));
    return { position: next, setAside: faults };
  });
};

/** Candidates of earlier runs are of no use any more. */
export const forgetCandidates = async (context: OrphansContext): Promise<HeldBatch | undefined> => {
  for (;;) {
    const forgotten = await fenced(context, (tx) =>
      forgetEarlier(tx, candidatesOf(context), FORGOTTEN_AT_ONCE),
    );
    if (typeof forgotten === 'object') return forgotten;
    if (!forgotten) return undefined;
  }
};

const TOO_LONG = `its path is longer than the ${LONGEST_PATH_BYTES} bytes that a tombstone can hold; delete it by hand`;

const fits = (path: string): boolean => Buffer.byteLength(path) <= LONGEST_PATH_BYTES;

/** The queue names items in an index, too. */
const shortened = (path: string): string => `${path.slice(0, 300)}…`;
