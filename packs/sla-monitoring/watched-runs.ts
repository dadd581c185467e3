// Every run of the watched jobs that the audit log tells of, as a table expression (migrations/005_cleanup_runs.sql).
import { parseDuration } from '../../src/index.ts';
import { WATCHED_JOBS } from './alerts.ts';
import type { SlaEnv } from './env.ts';
import { jobs } from './jobs/index.ts';

/** Since the first one: the log is never shortened, so what is counted of it only grows. */
export const watchedRuns = (env: SlaEnv): string => {
  const wanted = jobs(env)
    .filter(({ name }) => WATCHED_JOBS.includes(name))
    .map(({ name, resourceType, budget }) => ({
      job: name,
      resource_type: resourceType,
      budget_seconds: parseDuration(budget) ?? null,
    }));
  return `public.cleanup_runs('${JSON.stringify(wanted)}'::jsonb, '-infinity')`;
};
