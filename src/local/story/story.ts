// The whole story: every job runs once and is verified; then one run breaks its budget and somebody is woken.

import { type IncidentReport, tellIncident } from './incident.ts';
import { seedPacks } from './seed.ts';
import { type Telling, tellJobs } from './tell.ts';
import type { JobReport } from './verify.ts';

export interface Story {
  /** Everything happened and every witness agrees. */
  readonly ok: boolean;
  readonly jobs: readonly JobReport[];
  /** Missing where the configuration does not have the job that the second half is about. */
  readonly incident?: IncidentReport;
}

/** Its seed has enough rows for a run that outlasts a small budget. */
const LATE_JOB = 'cleanup_magic_links';

export const tellStory = async (telling: Telling): Promise<Story> => {
  const jobs = await tellJobs(telling);
  const late = telling.catalog.jobs.find(({ name }) => name === LATE_JOB);
  const incident = late && (await tellAgain(telling, late));
  const ok = [...jobs, ...(incident ? [incident] : [])].every(({ problems }) => problems.length === 0);
  return { ok, jobs, ...(incident && { incident }) };
};

/** The tables hold what the first half left of its own rows, so they are filled anew without asking. */
const tellAgain = async (
  telling: Telling,
  late: Parameters<typeof tellIncident>[1],
): Promise<IncidentReport> => {
  await seedPacks(telling.catalog, true);
  const incident = await tellIncident(telling, late);
  for (const problem of incident.problems) telling.say(`  not true: ${problem}`);
  return incident;
};
