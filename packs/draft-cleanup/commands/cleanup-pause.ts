// `sexton draft-cleanup cleanup pause` (DRAFT-87).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const cleanupPause = defineAlias({
  name: 'cleanup pause',
  summary: 'start no further run by the schedule',
  alias: ['schedule', 'pause', CLEANUP_JOB],
});
