// `sexton draft-cleanup cleanup stop` (DRAFT-87).
import { defineAlias } from '../../../src/index.ts';
import { CLEANUP_JOB } from '../names.ts';

export const cleanupStop = defineAlias({
  name: 'cleanup stop',
  summary: 'end the run that goes on after its batch in hand',
  alias: ['stop', CLEANUP_JOB],
});
