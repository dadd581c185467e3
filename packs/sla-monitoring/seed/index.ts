// What `sexton seed` can fill the pack's tables with, by scenario (SLA-11).
import type { Scenario } from '../../../src/index.ts';
import { seedMagicLinks } from './magic-links.ts';

/** The data that every other scenario starts from. */
const base: Scenario = async ({ database, now }) => [await seedMagicLinks({ client: database('app'), now })];

export const scenarios = { base };
