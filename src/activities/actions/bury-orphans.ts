// Candidates become tombstones, once the whole store is listed and they are few among what was seen.
import { performance } from 'node:perf_hooks';
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { writeEntry } from '../../adapters/postgres/runs/ledger.ts';
import {
  bury,
  countCandidates,
  listed,
  type OrphansPosition,
  STAGES,
} from '../../adapters/postgres/runs/orphans.ts';
import { FAILURE_TYPES } from '../../domain/failure.ts';
import { areTooMany } from '../../domain/jobs/orphans.ts';
import { failure } from '../failures.ts';
import type { HeldBatch } from './batch.ts';
import {
  type BatchInput,
  candidatesOf,
  entryOf,
  fenced,
  type OrphansBatch,
  type OrphansContext,
} from './orphans-batch.ts';

/** Candidates of one transaction. */
const AT_ONCE = 1_000;

/** Some candidates become tombstones, unless all of them are too many. Without any left the next stage begins. */
export const buryOrphans = (
  context: OrphansContext,
  { position }: BatchInput,
): Promise<OrphansBatch | HeldBatch> => {
  const startedAt = performance.now();
  const owner = candidatesOf(context);
  const { graceSeconds } = context.step.orphans;
  return fenced(context, async (tx) => {
    await requireFewOrphans(tx, context, position);
    const buried = await bury(tx, owner, { graceSeconds, limit: AT_ONCE });
    const pass = buried < AT_ONCE ? STAGES.sweeping : STAGES.burying;
    const next: OrphansPosition = { ...position, seq: position.seq + 1, pass };
    await writeEntry(tx, entryOf(context, next, { startedAt, setAside: 0 }));
    return { position: next, setAside: [] };
  });
};

const requireFewOrphans = async (
  tx: Queryable,
  context: OrphansContext,
  position: OrphansPosition,
): Promise<void> => {
  const { step, claim } = context;
  const { maxShare, prefix, referencedBy } = step.orphans;
  const { seen, known } = listed(position);
  const orphans = known + (await countCandidates(tx, candidatesOf(context)));
  if (!areTooMany({ orphans, seen, maxShare })) return;
  const columns = referencedBy.map(({ schema, table, column }) => `${schema}.${table}.${column}`).join(', ');
  throw failure(
    FAILURE_TYPES.tooManyOrphans,
    `${orphans} of the ${seen} objects below "${prefix}" are named by no row of ${columns}: more than ` +
      `${percent(maxShare)}, so nothing was deleted. Look at some: SELECT path FROM sexton.orphan WHERE run_id = ` +
      `'${claim.runId}'. If rows name them elsewhere, add that column to referencedBy; if they may go, raise maxShare`,
  );
};

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;
