// The walks of a slice: the one that the step began with, and the one along the age index that every step ends with.
import type pg from 'pg';
import type { Position } from '../../adapters/postgres/runs/ledger.ts';
import { readHeap } from '../../adapters/postgres/tables/table-facts.ts';
import type { RunPlan } from '../../domain/jobs/job.ts';
import type { BatchedStep } from '../../domain/jobs/step.ts';
import { ageIndexWalk } from './age-index.ts';
import { heapOrderWalk } from './heap-order.ts';
import type { Walk } from './walk.ts';

interface WalksInput {
  readonly pool: pg.Pool;
  readonly plan: RunPlan;
  readonly step: BatchedStep;
  /** Where the slice stands at the moment. */
  readonly position: () => Position;
}

export const openWalks = async ({
  pool,
  plan,
  step,
  position,
}: WalksInput): Promise<(at: Position) => Walk> => {
  const eligible = plan.steps?.[step.name]?.eligible ?? plan.eligible;
  const left = (): number | undefined => {
    const { pass, walk, deletedInPass } = position();
    return pass === 1 && walk === 'age-index-windows' ? eligible - deletedInPass : undefined;
  };
  const alongIndex = ageIndexWalk(left);
  if (position().walk === 'age-index-windows') return () => alongIndex;
  const inOrder = heapOrderWalk(await readHeap(pool, step.selection), eligible);
  return ({ walk }) => (walk === 'heap-order-ranges' ? inOrder : alongIndex);
};
