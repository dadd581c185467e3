// `sexton draft-cleanup cleanup set-batch-size` (DRAFT-87).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const cleanupSetBatchSize = defineAlias({
  name: 'cleanup set-batch-size',
  summary: 'set the rows of a batch, from the next one on',
  alias: ['set-batch-size', CLEANUP_JOB],
});
