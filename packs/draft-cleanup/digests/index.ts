// Every digest of the pack, one line each. A test fails while this list and the folder differ.
import type { DigestDefinition } from '../../../src/index.ts';
import type { DraftEnv } from '../env.ts';
import { draftMonthly } from './draft-monthly.ts';
import { draftWeekly } from './draft-weekly.ts';

export const digests = (values: DraftEnv): readonly DigestDefinition[] => [
  draftWeekly(values),
  draftMonthly(values),
];
