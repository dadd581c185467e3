// Every monitor of the pack, one line each. A test fails while this list and the folder differ.
import type { MonitorDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { draftJob } from './draft-job.ts';
import { draftRedis } from './draft-redis.ts';
import { draftState } from './draft-state.ts';

export const monitors = (env: DraftEnv): readonly MonitorDefinition[] => [
  draftState(env),
  draftJob(env),
  draftRedis,
];
