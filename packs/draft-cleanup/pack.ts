// Drafts of courses that nobody used, deleted hourly and watched (DRAFT-01, DRAFT-02).
import { definePack } from '../../src/index.ts';
import { checklists } from './checklists/index.ts';
import { checks } from './checks/index.ts';
import { commands } from './commands/index.ts';
import { dashboards } from './dashboards/index.ts';
import { digests } from './digests/index.ts';
import { env, envRules } from './env.ts';
import { jobs } from './jobs/index.ts';
import { metrics } from './metrics.ts';
import { monitors } from './monitors/index.ts';
import { policies, routes } from './policies/index.ts';
import { reports } from './reports/index.ts';
import { scenarios } from './seed/index.ts';

export const draftCleanup = definePack({
  name: 'draft-cleanup',
  summary: 'Abandoned course drafts, deleted hourly and watched; bundle version 1.0',
  databases: {
    drafts: { url: 'DATABASE_URL', migrations: new URL('./migrations', import.meta.url) },
    // Sexton's own rows: what became of alerts and health checks.
    home: { home: true },
  },
  env,
  envRules,
  build: (values) => ({
    jobs: jobs(values),
    monitors: monitors(values),
    checks: checks(values),
    policies: policies(values),
    routes,
    reports: reports(values),
    digests: digests(values),
    checklists,
    commands: commands(values),
    metrics,
    dashboards,
  }),
  severityNames: { info: 'LOW', warning: 'MEDIUM', high: 'HIGH', critical: 'CRITICAL' },
  runbooks: new URL('./runbooks', import.meta.url),
  seed: { scenarios },
});
