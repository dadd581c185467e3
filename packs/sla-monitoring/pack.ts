// Cleanup jobs held to time budgets, with the tables they clean (SLA-01).
import { definePack } from '../../src/index.ts';
import { env, envRules } from './env.ts';
import { jobs } from './jobs/index.ts';
import { policiesIn, routes } from './policies/index.ts';
import { scenarios } from './seed/index.ts';

export const slaMonitoring = definePack({
  name: 'sla-monitoring',
  summary: 'Cleanup jobs held to time budgets, a manual resolution queue, and dependency health',
  databases: { app: { url: 'DATABASE_URL', migrations: new URL('./migrations', import.meta.url) } },
  env,
  envRules,
  build: (values) => ({ jobs: jobs(values), policies: policiesIn(values), routes }),
  severityNames: { info: 'INFO', warning: 'WARNING', critical: 'CRITICAL' },
  runbooks: new URL('./runbooks', import.meta.url),
  seed: { scenarios },
});
