// `sexton draft-cleanup diagnose` (DRAFT-85).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const diagnose = defineAlias({
  name: 'diagnose',
  summary: 'slow batches, waits, locks and errors of the newest run',
  alias: ['diagnose', CLEANUP_JOB],
});
