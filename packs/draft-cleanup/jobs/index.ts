// Every job of the pack, one line each. A test fails while this list and the folder differ.
import type { JobDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { cleanupDraftHistory } from './cleanup-draft-history.ts';
import { cleanupOldDraftsHourly } from './cleanup-old-drafts-hourly.ts';

export const jobs = (env: DraftEnv): readonly JobDefinition[] => [
  cleanupOldDraftsHourly(env),
  cleanupDraftHistory(env),
];
