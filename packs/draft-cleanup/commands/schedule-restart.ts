// `sexton draft-cleanup schedule restart` (DRAFT-86).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const scheduleRestart = defineAlias({
  name: 'schedule restart',
  summary: 'make the schedule anew, not paused, and start one run',
  alias: ['schedule', 'restart', CLEANUP_JOB],
});
