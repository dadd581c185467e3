// What measures and reports compare with, from the catalog: of jobs and monitors only what they ask for.
import type { Catalog } from '../../catalog/catalog.ts';
import { longestGapSeconds } from '../../catalog/cron.ts';
import type { Declared } from './looking.ts';

export const declaredIn = ({ jobs, monitors }: Pick<Catalog, 'jobs' | 'monitors'>): Declared => ({
  jobs: jobs.map(({ pack, name, schedule, snapshot: { budgetSeconds, resourceType } }) => ({
    pack,
    name,
    schedule,
    budgetSeconds,
    resourceType,
  })),
  monitors: monitors.map(({ pack, name, schedule, snapshot: { cadenceSeconds } }) => ({
    pack,
    name,
    cadenceSeconds,
    longestGapSeconds: longestGapSeconds(schedule),
  })),
});
