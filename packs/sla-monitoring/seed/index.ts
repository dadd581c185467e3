// What `sexton seed` can fill the pack's tables with, by scenario (SLA-11…13).
import type { Scenario, SeedResult, SeedTools } from '../../../src/index.ts';
import { seedEmailBlacklist } from './email-blacklist.ts';
import { seedMagicLinks } from './magic-links.ts';
import { seedMealPlans } from './meal-plans.ts';
import { seedQuizResponses } from './quiz-responses.ts';
import { COURSES, seedCourse } from './scenarios.ts';

const inputOf = ({ database, now }: SeedTools) => ({ client: database('app'), now });

/** The tables that the jobs clean. */
const tables = async (tools: SeedTools): Promise<readonly SeedResult[]> => {
  const input = inputOf(tools);
  return [
    await seedQuizResponses(input),
    await seedMealPlans({ ...input, blobs: tools.blobs }),
    await seedMagicLinks(input),
    await seedEmailBlacklist(input),
  ];
};

/** The data that every other scenario starts from. */
const base: Scenario = async (tools) => [
  ...(await tables(tools)),
  ...(await seedCourse({ ages: [] }, tools)),
];

/** The login links anew and nothing else, for another run over all of them. */
const magicLinks: Scenario = async (tools) => [await seedMagicLinks(inputOf(tools))];

const courses = Object.fromEntries(
  Object.entries(COURSES).map(([name, course]): [string, Scenario] => [
    name,
    async (tools) => [...(await tables(tools)), ...(await seedCourse(course, tools))],
  ]),
);

export const scenarios = { base, 'magic-links': magicLinks, ...courses };
