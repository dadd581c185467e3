// Every job of the pack, one line each. A test fails while this list and the folder differ.
import type { JobDefinition } from '../../../src/index.ts';
import type { SlaEnv } from '../env.ts';
import { cleanupBlacklist } from './cleanup-blacklist.ts';
import { cleanupMagicLinks } from './cleanup-magic-links.ts';
import { cleanupPdfs } from './cleanup-pdfs.ts';
import { cleanupQuizResponses } from './cleanup-quiz-responses.ts';
import { cleanupSlaHistory } from './cleanup-sla-history.ts';

export const jobs = (env: SlaEnv): readonly JobDefinition[] => [
  cleanupQuizResponses(env),
  cleanupPdfs(env),
  cleanupMagicLinks(env),
  cleanupBlacklist(env),
  cleanupSlaHistory(env),
];
