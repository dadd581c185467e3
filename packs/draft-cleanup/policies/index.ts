// Every policy of the pack, one line each, and which severity goes to which. A test fails while the list and the folder
// differ.
import type { PolicyDefinition, Routes } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { draftHigh } from './draft-high.ts';
import { draftMedium } from './draft-medium.ts';
import { draftPageAtOnce } from './draft-page-at-once.ts';

export const policies = (env: DraftEnv): readonly PolicyDefinition[] => [
  draftMedium(env),
  draftHigh(env),
  draftPageAtOnce(env),
];

/** LOW is for predictions, which wake nobody. */
export const routes: Routes = {
  info: 'log-only',
  warning: 'draft-medium',
  high: 'draft-high',
  critical: 'draft-high',
};

/** Of alert 2, however severe it is set to be. */
export const pageAtOnce: Routes = { high: 'draft-page-at-once', critical: 'draft-page-at-once' };
