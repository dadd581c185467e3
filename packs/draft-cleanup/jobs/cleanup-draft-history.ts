// Sexton's own rows in the pack's database: batches, attempts and holds of old runs.
import { historyJob, type JobDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { DATABASE } from '../names.ts';

/** Not the cleanup job of DRAFT-02: it cleans up after Sexton. */
export const cleanupDraftHistory = (env: DraftEnv): JobDefinition =>
  historyJob({
    database: DATABASE,
    name: 'cleanup-draft-history',
    keep: env,
    owner: 'draft-on-call',
    schedule: '20 5 * * *',
  });
