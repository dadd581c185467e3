// `sexton draft-cleanup cleanup resume` (DRAFT-87, DRAFT-88).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const cleanupResume = defineAlias({
  name: 'cleanup resume',
  summary: 'let the schedule start runs again; after a stop or three failures only after a dry run',
  alias: ['schedule', 'resume', CLEANUP_JOB],
});
