// `sexton draft-cleanup worker redeploy-check`: whether the workers run the code that they should (DRAFT-86).
import { defineAlias } from '../../../src/index.ts';

export const workerRedeployCheck = defineAlias({
  name: 'worker redeploy-check',
  summary: 'compare the build of each worker with the expected one',
  alias: ['workers', '--pack', 'draft-cleanup'],
});
