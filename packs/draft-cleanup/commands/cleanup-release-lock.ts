// `sexton draft-cleanup cleanup release-lock` (DRAFT-87).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const cleanupReleaseLock = defineAlias({
  name: 'cleanup release-lock',
  summary: 'release the lock of a run that is gone or was stopped',
  alias: ['release-lock', CLEANUP_JOB],
});
