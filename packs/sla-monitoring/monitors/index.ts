// Every monitor of the pack, one line each. A test fails while this list and the folder differ.
import type { MonitorDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { monitorCleanupSla } from './monitor-cleanup-sla.ts';
import { monitorManualResolutionQueue } from './monitor-manual-resolution-queue.ts';

export const monitors = (env: SlaEnv): readonly MonitorDefinition[] => [
  monitorCleanupSla(env),
  monitorManualResolutionQueue(env),
];
