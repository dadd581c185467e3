// `sexton draft-cleanup alert test N`: one of the seven alerts as a drill (DRAFT-66).
import { defineAlias } from '../../../src/index.ts';
import { ALERTS } from '../names.ts';

export const alertTest = defineAlias({
  name: 'alert test',
  summary: 'exercise alert 1 to 7 in a sandbox channel, its whole escalation in little time',
  alias: ['incident', 'drill'],
  words: ALERTS,
});
