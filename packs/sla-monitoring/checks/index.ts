// Every health check of the pack, one line each. A test fails while this list and the folder differ.
import type { HealthCheckDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { checkCleanupHealth } from './check-cleanup-health.ts';

export const checks = (env: SlaEnv): readonly HealthCheckDefinition[] => [checkCleanupHealth(env)];
