// What `begin` fixes for each step: its cutoff, what it is expected to take, and the way it goes through its table.
import type { Queryable } from '../../adapters/postgres/pool.ts';
import { readStatistics } from '../../adapters/postgres/tables/table-facts.ts';
import type { Sized } from '../../domain/jobs/guard.ts';
import type { StepPlan } from '../../domain/jobs/job.ts';
import type { CutStep } from '../preflight/preflight.ts';
import { chooseStrategy } from '../walk/choose.ts';

export const planSteps = async (
  db: Queryable,
  steps: readonly CutStep[],
  sizes: readonly Sized[],
): Promise<Readonly<Record<string, StepPlan>>> => {
  const plans: Record<string, StepPlan> = {};
  for (const { step, cutoff } of steps) {
    const size = sizes.find((each) => each.step === step.name);
    const { eligible = 0, isEstimate: eligibleIsEstimate = true } = size ?? {};
    const statistics = await readStatistics(db, step.selection);
    const { strategy, because } = chooseStrategy({ step, statistics, eligible });
    plans[step.name] = { cutoff, strategy, because, eligible, eligibleIsEstimate };
  }
  return plans;
};
