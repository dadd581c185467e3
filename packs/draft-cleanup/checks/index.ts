// Every health check of the pack, one line each. A test fails while this list and the folder differ.
import type { HealthCheckDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { draftHealth } from './draft-health.ts';

export const checks = (env: DraftEnv): readonly HealthCheckDefinition[] => [draftHealth(env)];
