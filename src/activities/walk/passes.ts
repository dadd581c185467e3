// How often a step goes through its table.
import type { BatchedStep } from '../../domain/jobs/step.ts';

/** Somebody who keeps adding old rows must not keep the run for ever; what is left then is counted and said. */
const MOST_PASSES = 10;

/** A statement may leave its rows as they were: a second pass would hand them to it again. */
export const mostPasses = ({ action }: Pick<BatchedStep, 'action'>): number =>
  action === 'sql-batches' ? 1 : MOST_PASSES;

/** What this pass leaves because others hold it is left, so that it waits for them. */
export const isPatient = (step: Pick<BatchedStep, 'action'>, pass: number): boolean =>
  pass > 1 || mostPasses(step) === 1;
