// What `sexton seed` can fill the pack's tables with, by scenario (SLA-11).
import type { Scenario, SeedTools } from '../../../src/index.ts';
import { seedAuditHistory } from './audit-history.ts';
import { seedEmailBlacklist } from './email-blacklist.ts';
import { seedMagicLinks } from './magic-links.ts';
import { seedResolvedItems } from './manual-resolution-queue.ts';
import { seedMealPlans } from './meal-plans.ts';
import { seedQuizResponses } from './quiz-responses.ts';

const inputOf = ({ database, now }: SeedTools) => ({ client: database('app'), now });

/** The data that every other scenario starts from. */
const base: Scenario = async (tools) => {
  const input = inputOf(tools);
  return [
    await seedQuizResponses(input),
    await seedMealPlans({ ...input, blobs: tools.blobs }),
    await seedMagicLinks(input),
    await seedEmailBlacklist(input),
    await seedAuditHistory(input),
    await seedResolvedItems(input),
  ];
};

/** The login links anew and nothing else, for another run over all of them. */
const magicLinks: Scenario = async (tools) => [await seedMagicLinks(inputOf(tools))];

export const scenarios = { base, 'magic-links': magicLinks };
