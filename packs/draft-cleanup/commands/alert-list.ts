// `sexton draft-cleanup alert list`: which of the seven alerts were tested, and when (DRAFT-66).
import { defineAlias } from '../../../src/index.ts';
import { ALERTS } from '../names.ts';

export const alertList = defineAlias({
  name: 'alert list',
  summary: 'which alerts were exercised and when, and which never were',
  alias: ['incident', 'drills', '--pack', 'draft-cleanup', ...Object.values(ALERTS)],
});
