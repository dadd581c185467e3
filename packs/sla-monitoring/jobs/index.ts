// Every job of the pack, one line each. A test fails while this list and the folder differ.
import type { JobDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { cleanupMagicLinks } from './cleanup-magic-links.ts';

export const jobs = (env: SlaEnv): readonly JobDefinition[] => [cleanupMagicLinks(env)];
