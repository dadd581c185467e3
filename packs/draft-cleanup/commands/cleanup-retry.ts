// `sexton draft-cleanup cleanup retry` (DRAFT-87).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const cleanupRetry = defineAlias({
  name: 'cleanup retry',
  summary: 'end the wait of a run that waits to try again',
  alias: ['retry', CLEANUP_JOB],
});
