// What Sexton's own database holds of runs and incidents that are long over, and of the batches of this very job.
import { historyJob, type JobDefinition } from '../../../src/index.ts';
import type { SextonEnv } from '../env.ts';

export const cleanupHistory = (env: SextonEnv): JobDefinition =>
  historyJob({ database: 'home', home: true, keep: env, owner: 'on-call' });
