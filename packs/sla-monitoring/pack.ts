// Cleanup jobs held to time budgets, with the tables they clean (SLA-01).
import { definePack } from '../../src/index.ts';
import { checks } from './checks/index.ts';
import { commands } from './commands/index.ts';
import { dashboards } from './dashboards/index.ts';
import { env, envRules } from './env.ts';
import { jobs } from './jobs/index.ts';
import { metrics } from './metrics.ts';
import { monitors } from './monitors/index.ts';
import { policiesIn, routes } from './policies/index.ts';
import { reports } from './reports/index.ts';
import { scenarios } from './seed/index.ts';

export const slaMonitoring = definePack({
  name: 'sla-monitoring',
  summary: 'Cleanup jobs held to time budgets, a manual resolution queue, and dependency health',
  databases: {
    app: { url: 'DATABASE_URL', migrations: new URL('./migrations', import.meta.url) },
    // Sexton's own rows: what became of alerts and health checks.
    home: { home: true },
  },
  env,
  envRules,
  build: (values) => ({
    jobs: jobs(values),
    monitors: monitors(values),
    checks: checks(values),
    policies: policiesIn(values),
    reports: reports(values),
    routes,
    commands: commands(values),
    metrics: metrics(values),
    dashboards: dashboards(values),
  }),
  severityNames: { info: 'INFO', warning: 'WARNING', critical: 'CRITICAL' },
  runbooks: new URL('./runbooks', import.meta.url),
  seed: { scenarios },
});
