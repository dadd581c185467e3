// `sexton draft-cleanup cleanup run-now` (DRAFT-87).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const cleanupRunNow = defineAlias({
  name: 'cleanup run-now',
  summary: 'start a run now, apart from its schedule',
  alias: ['run', CLEANUP_JOB],
});
