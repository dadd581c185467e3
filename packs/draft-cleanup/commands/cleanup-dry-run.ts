// `sexton draft-cleanup cleanup dry-run` (DRAFT-87).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const cleanupDryRun = defineAlias({
  name: 'cleanup dry-run',
  summary: 'count what a run would delete, and delete nothing',
  alias: ['run', CLEANUP_JOB, '--dry-run'],
});
