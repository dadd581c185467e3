// A checked step as it travels: what its action adds to the selection, and defaults filled in.
import type { Selection, StepSnapshot } from '../../domain/jobs/step.ts';
import type { CheckedStep } from '../schema/steps.ts';

export const stepSnapshot = (step: CheckedStep): StepSnapshot => {
  if (step.action === 'orphans') {
    const { batch: batchRows, ...orphans } = step;
    return { ...orphans, batchRows };
  }
  if (!('selection' in step)) return oneShotSnapshot(step);
  const { batch: batchRows, ...rest } = step;
  if (rest.action === 'sql-batches') return { ...rest, batchRows };
  if (rest.action === 'http-items')
    return { ...rest, selection: also(rest.selection, `"${rest.http.doneColumn}" IS NULL`), batchRows };
  if (rest.action === 'blobs') {
    // A row whose object is gone already has no path and is not looked at again.
    const selection = also(rest.selection, `"${rest.blobs.column}" IS NOT NULL`);
    return { ...walked(rest), selection, batchRows };
  }
  if (rest.action === 'archive') return { ...walked(rest), batchRows };
  return { ...walked(rest), batchRows };
};

const oneShotSnapshot = (
  step: Exclude<CheckedStep, { selection: unknown } | { action: 'orphans' }>,
): StepSnapshot => {
  const { timeout: timeoutSeconds, ...rest } = step;
  if (rest.action !== 'http') return { ...rest, timeoutSeconds };
  return { ...rest, timeoutSeconds, http: { ...rest.http, timeoutSeconds } };
};

/** Without a strategy of its own a snapshot has no such field. */
const walked = <Step extends { readonly strategy?: StrategyOf | undefined }>({
  strategy,
  ...rest
}: Step) => ({
  ...rest,
  ...(strategy && { strategy }),
});

type StrategyOf = 'age-index-windows' | 'heap-order-ranges';

/** The selection with a condition more, which is asked first. */
const also = (selection: Selection, condition: string): Selection => ({
  ...selection,
  where: selection.where ? `${condition} AND (${selection.where}\n)` : condition,
});
