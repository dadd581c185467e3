// Every dashboard of the pack, one line each (SLA-88). A test fails while this list and the folder differ.
import type { DashboardDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { cleanupJobPerformance } from './cleanup-job-performance.ts';
import { healthChecks } from './health-checks.ts';
import { manualResolutionQueue } from './manual-resolution-queue.ts';

export const dashboards = (env: SlaEnv): readonly DashboardDefinition[] => [
  cleanupJobPerformance(env),
  manualResolutionQueue(env),
  healthChecks,
];
