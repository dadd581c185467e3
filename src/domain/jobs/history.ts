// Which tables are Sexton's own, so that nobody mistakes them for a pack's.
import type { JobSnapshot } from './job.ts';
import { batchedSteps, type Selection } from './step.ts';

/** Schema of Sexton's tables, in its own database and in those of packs. */
const OWN_SCHEMA = 'sexton';

/** No scenario fills it, and its rows are history and not demo data. */
export const isOwnTable = ({ schema }: Pick<Selection, 'schema'>): boolean => schema === OWN_SCHEMA;

/** The job retires Sexton's own history and nothing else. */
export const retiresHistory = (job: JobSnapshot): boolean => {
  const steps = batchedSteps(job);
  return steps.length > 0 && steps.every(({ selection }) => isOwnTable(selection));
};
