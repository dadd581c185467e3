// The whole story: every job runs once and is verified; then one run breaks its budget and somebody is woken.

import { type IncidentReport, tellIncident } from './incident.ts';
import { seedAgain } from './seed.ts';
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
/** Brings its rows back, and no other table's. */
const LATE_SCENARIO = 'magic-links';

export const tellStory = async (telling: Telling): Promise<Story> => {
  const jobs = await tellJobs(telling);
  const incident = await tellLate(telling);
  const ok = [...jobs, ...(incident ? [incident] : [])].every(({ problems }) => problems.length === 0);
  return { ok, jobs, ...(incident && { incident }) };
};

/** Its table holds what the first half left of the demo's own rows, so it is filled anew without asking. */
const tellLate = async (telling: Telling): Promise<IncidentReport | undefined> => {
  const late = telling.catalog.jobs.find(({ name }) => name === LATE_JOB);
  const fillAnew = seedAgain(telling.catalog, LATE_SCENARIO);
  if (!late || !fillAnew) return undefined;
  await fillAnew();
  const incident = await tellIncident(telling, late);
  for (const problem of incident.problems) telling.say(`  not true: ${problem}`);
  return incident;
};
