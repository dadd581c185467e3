// Every job of the pack, one line each. A test fails while this list and the folder differ.
import type { JobDefinition } from '../../../src/index.ts';
import type { SextonEnv } from '../env.ts';
import { cleanupHistory } from './cleanup-history.ts';

export const jobs = (env: SextonEnv): readonly JobDefinition[] => [cleanupHistory(env)];
