// HIGH: Slack and the pager at once; unanswered for an hour on-call is told, and so on up (DRAFT-62, DRAFT-63, DRAFT-65).
import { definePolicy, type PolicyDefinition } from '../../../src/index.ts';
import { high } from '../contacts.ts';
import type { DraftEnv } from '../env.ts';
import { ladderAbove } from '../ladder.ts';

/** An alert's response time takes the place of the hour, and the tiers after it keep their distance. */
export const draftHigh = (env: DraftEnv): PolicyDefinition =>
  definePolicy({
    name: 'draft-high',
    tiers: [
      { name: 'first-notice', after: '0s', notify: high(env) },
      ...ladderAbove({ onCallAfterMinutes: 60, also: high(env) }),
    ],
    ackOverdue: { responses: 4 },
  });
