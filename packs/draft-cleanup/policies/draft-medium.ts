// MEDIUM: the team first; unanswered it becomes HIGH and goes up from there (DRAFT-62, DRAFT-63, DRAFT-65).
import { definePolicy, type PolicyDefinition } from '../../../src/index.ts';
import { high, team } from '../contacts.ts';
import type { DraftEnv } from '../env.ts';
import { ladderAbove } from '../ladder.ts';

/** An alert's response time takes the place of the four hours, and the tiers after it keep their distance. */
export const draftMedium = (env: DraftEnv): PolicyDefinition =>
  definePolicy({
    name: 'draft-medium',
    tiers: [
      { name: 'first-notice', after: '0s', notify: team(env) },
      { name: 'high', after: '4h', notify: [...new Set([...team(env), ...high(env)])], raiseTo: 'high' },
      ...ladderAbove({ onCallAfterMinutes: 5 * 60, also: high(env) }),
    ],
    ackOverdue: { responses: 4 },
  });
