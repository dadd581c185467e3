// HIGH, and so bad that on-call is told at once and again after an hour: alert 2 (DRAFT-60, DRAFT-63).
import { definePolicy, type PolicyDefinition } from '../../../src/index.ts';
import { high } from '../contacts.ts';
import type { DraftEnv } from '../env.ts';
import { ladderAbove } from '../ladder.ts';

export const draftPageAtOnce = (env: DraftEnv): PolicyDefinition =>
  definePolicy({
    name: 'draft-page-at-once',
    tiers: [
      { name: 'first-notice', after: '0s', notify: ['draft-on-call', ...high(env)] },
      ...ladderAbove({ onCallAfterMinutes: 60, also: high(env) }),
    ],
    ackOverdue: { responses: 4 },
  });
