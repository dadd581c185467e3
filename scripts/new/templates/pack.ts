// The files of a new pack, by their paths in its folder.
import type { FileText } from '../kinds/kind.ts';
import { identifier, words } from '../names.ts';

const packText = (name: string): string => `\
// What is declared for the system ${words(name)}: its jobs, who is told of them, and its tables.
import { definePack } from '../../src/index.ts';
import { env } from './env.ts';
import { jobs } from './jobs/index.ts';
import { policies, routes } from './policies/index.ts';
import { scenarios } from './seed/index.ts';

export const ${identifier(name)} = definePack({
  name: '${name}',
  summary: 'Cleanup of ${words(name)}',
  databases: { app: { url: 'DATABASE_URL', migrations: new URL('./migrations', import.meta.url) } },
  env,
  build: () => ({ jobs, policies, routes }),
  seed: { scenarios },
});
`;

const envText = (name: string): string => `\
// The variables of the pack, each read as ${name.toUpperCase().replaceAll('-', '_')}__NAME, else NAME. None so far; one would be
// \`MAX_AGE_DAYS: variable.number({ above: 0 }).default(30)\`, with \`variable\` from src/index.ts.

export const env = {};
`;

const JOBS = `\
// Every job of the pack, one line each. A test fails while this list and the folder differ.
import type { JobDefinition } from '../../../src/index.ts';

export const jobs: readonly JobDefinition[] = [];
`;

const POLICIES = `\
// Every policy of the pack, one line each, and which severity goes to which. A test fails while the list and
// the folder differ.
import type { PolicyDefinition, Routes } from '../../../src/index.ts';

export const policies: readonly PolicyDefinition[] = [];

/** Nobody is woken until a policy takes the place of the log. */
export const routes: Routes = { info: 'log-only', warning: 'log-only', high: 'log-only', critical: 'log-only' };
`;

const SCENARIOS = `\
// What the pack's tables can be filled with, by scenario; \`npm start\` takes the one called base.
import type { Scenario } from '../../../src/index.ts';

export const scenarios: Readonly<Record<string, Scenario>> = {};
`;

const schemaSql = (name: string): string => `\
-- Up Migration
-- For what the pack adds to its database for itself, such as views. What its jobs clean lies where the application has it.
CREATE SCHEMA IF NOT EXISTS "${name.replaceAll('-', '_')}";
`;

export const packFiles = (name: string): readonly FileText[] => [
  { path: 'pack.ts', text: packText(name) },
  { path: 'env.ts', text: envText(name) },
  { path: 'jobs/index.ts', text: JOBS },
  { path: 'policies/index.ts', text: POLICIES },
  { path: 'seed/index.ts', text: SCENARIOS },
  { path: 'migrations/001_schema.sql', text: schemaSql(name) },
];
