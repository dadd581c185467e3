// One batch of requests: rows are read in one transaction, their requests made outside of any, and what came of them written
// in a second one, together with the ledger row. A crash in between sends some again, under the keys they had.
import { performance } from 'node:perf_hooks';
import { inTransaction, type Queryable } from '../../adapters/postgres/pool.ts';
import { type Cursor, type Position, writeEntry } from '../../adapters/postgres/runs/ledger.ts';
import { setAside } from '../../adapters/postgres/runs/manual-resolution-queue.ts';
import { type Item, keysOf, markSql, readItems } from '../../adapters/postgres/tables/items.ts';
import { runPackSql, tellPackSql } from '../../adapters/postgres/tables/pack-sql.ts';
import type { HttpItemsStep } from '../../domain/jobs/step.ts';
import { isContention, isRowFault } from '../failures.ts';
import type { ItemSender, Sent } from '../requests/send-items.ts';
import {
  advance,
  type BatchContext,
  type BatchResult,
  type HeldBatch,
  isWorthAnEntry,
  requireFence,
} from './batch.ts';
import { eachApart } from './each-apart.ts';
import { faultOf, itemOf, requireFew } from './set-rows-aside.ts';

export interface ItemsContext extends BatchContext {
  readonly step: HttpItemsStep;
}

interface HandleInput {
  readonly position: Position;
  /** Items that the run has set aside before. */
  readonly already: number;
  readonly sender: ItemSender;
  /** Calls requests off. */
  readonly signal: AbortSignal;
}

/** Rejects with what kept items from being handled, after those that were are counted. */
export const handleItems = async (
  context: ItemsContext,
  { position, already, sender, signal }: HandleInput,
): Promise<BatchResult | HeldBatch> => {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round((performance.now() - startedAt) * 10) / 10;
  const read = await readBatch(context, position.cursor);
  if ('hold' in read) return read;
  const { items, size } = read;
  const sent = await sender.send(items, signal);
  const end = endOf(items, sent, { size, before: position.cursor });
  const given = { items, sent, already };
  const write = (how: typeof settleAtOnce): Promise<Settled> =>
    inTransaction(context.pool, async (tx) => {
      const { walFrom } = await requireFence(tx, context);
      const settled = await how(tx, context, given);
      requireFew(already + settled.faults.length, context.job, new Error(settled.faults.at(-1)?.error ?? ''));
      for (const fault of settled.faults) await setAside(tx, { ...itemOf(context), ...fault });
      const covered = coveredBy(settled, end);
      if (isWorthAnEntry(covered)) {
        const { runId, slice, attempt } = context.claim;
        const { seq, pass, walk } = position;
        const at = { runId, step: context.step.name, seq: seq + 1, slice, attempt, pass, walk, cursor: end };
        const counts = { deleted: settled.done, setAside: settled.faults.length, locked: settled.locked };
        await writeEntry(tx, { ...at, ...counts, ms: elapsed(), walFrom });
      }
      return settled;
    });
  const settled = await write(settleAtOnce).catch((error: unknown) => {
    if (!isRowFault(error) && !isContention(error)) throw error;
    return write(settleSingly);
  });
  if (sent.failure !== undefined) throw sent.failure;
  const names = settled.faults.map(({ resourceId }) => resourceId);
  const result = { deleted: settled.done, setAside: names, size, ms: elapsed() };
  return { ...advance(position, coveredBy(settled, end)), ...result };
};

const readBatch = (
  context: ItemsContext,
  after: Cursor | undefined,
): Promise<{ readonly items: readonly Item[]; readonly size: number } | HeldBatch> =>
  inTransaction(context.pool, async (tx) => {
    const { hold, batchRows: size = context.step.batchRows } = await requireFence(tx, context);
    if (hold) return { hold };
    return { items: await readItems(tx, context, { http: context.step.http, after, limit: size }), size };
  });

/** Up to the first item without an outcome; undefined where there are no more. */
const endOf = (
  items: readonly Item[],
  { outcomes }: Sent,
  { size, before }: { readonly size: number; readonly before: Cursor | undefined },
): Cursor | undefined => {
  const open = items.findIndex((_, place) => !outcomes.has(place));
  if (open === -1) return items.length < size ? undefined : items.at(-1)?.cursor;
  return items[open - 1]?.cursor ?? before;
};

interface Fault {
  readonly resourceId: string;
  readonly failureMode: string;
  readonly error: string;
}

interface Settled {
  readonly done: number;
  readonly locked: number;
  readonly faults: readonly Fault[];
}

const coveredBy = ({ done, locked, faults }: Settled, end: Cursor | undefined) => ({
  leads: true as const,
  stretch: { window: {}, end, guessed: false },
  deleted: done,
  setAside: faults.map(({ resourceId }) => resourceId),
  locked,
});

interface SettleInput {
  readonly items: readonly Item[];
  readonly sent: Sent;
}

const takenOf = ({ items, sent }: SettleInput): readonly Item[] =>
  items.filter((_, place) => sent.outcomes.get(place)?.taken);

const refusedOf = ({ items, sent }: SettleInput): readonly Fault[] =>
  items.flatMap(({ name }, place): readonly Fault[] => {
    const outcome = sent.outcomes.get(place);
    return outcome && !outcome.taken
      ? [{ resourceId: name, failureMode: outcome.mode, error: outcome.error }]
      : [];
  });

const mark = async (tx: Queryable, context: ItemsContext, items: readonly Item[]): Promise<void> => {
  if (items.length === 0) return;
  const { selection, http } = context.step;
  const keys = keysOf(selection, items);
  await tx.query(
    markSql(selection, http, context.columnTypes),
    keys.map((values) => [...values]),
  );
  if (http.thenSql === undefined) return;
  await tellPackSql(tx, { cutoff: context.cutoff, runId: context.claim.runId });
  await runPackSql(tx, http.thenSql, keys);
};

const settleAtOnce = async (tx: Queryable, context: ItemsContext, input: SettleInput): Promise<Settled> => {
  const taken = takenOf(input);
  await mark(tx, context, taken);
  return { done: taken.length, locked: 0, faults: refusedOf(input) };
};

/** Item by item: one that cannot be marked waits for a person, one that somebody holds for the next pass. */
const settleSingly = async (tx: Queryable, context: ItemsContext, input: SettleInput): Promise<Settled> => {
  let done = 0;
  const { faults, locked } = await eachApart(tx, takenOf(input), async (item) => {
    await mark(tx, context, [item]);
    done += 1;
  });
  const failed = [...faults].map(([{ name }, error]) => ({ resourceId: name, ...faultOf(error) }));
  return { done, locked, faults: [...refusedOf(input), ...failed] };
};
