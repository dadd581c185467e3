// The seed that the budgets of queries are measured on: 200,000 courses, 5,000 of them drafts, 500 organizations, and 60 days of
// 5,000 drafts each in the ledger (DRAFT-14). The same instant gives the same rows.
import type { Scenario } from '../../../src/index.ts';
import { DATABASE } from '../names.ts';
import { hourlyRuns, seedRuns } from './runs.ts';
import { analyzed, CUTOVER_MS, emptied } from './scenario.ts';
import { seedSnapshots } from './snapshots.ts';

const COURSES = 200_000;
const DRAFTS = 5_000;
const ORGANIZATIONS = 500;
const DAYS = 60;

const ORGANIZATION = `
  INSERT INTO public.organizations (id, name, created_at)
  SELECT md5('organization-' || n)::uuid, 'Organization ' || n, $1::timestamptz - interval '2 years'
  FROM generate_series(1, ${ORGANIZATIONS}) AS n`;

/**
 * Laid down in the order of their ids, so that age and place on disk have nothing to do with each other. Course n of the first
 * 5,000 is a draft: one in twenty is unused, spread over 30 hours, so that some of those are overdue; active ones are up to 50
 * days old.
 */
const COURSE = `
  INSERT INTO public.courses (id, organization_id, user_id, title, status, generation_status, created_at, updated_at,
    generation_started_at, experiment_variant)
  SELECT md5('large-' || n)::uuid AS id, md5('organization-' || (n % ${ORGANIZATIONS} + 1))::uuid, md5('user-' || n % 9000)::uuid,
    'Course ' || n, CASE WHEN n <= ${DRAFTS} THEN 'draft' ELSE (ARRAY['published', 'archived'])[n % 2 + 1] END,
    CASE WHEN NOT unused THEN 'completed' END, created_at, created_at + session, CASE WHEN NOT unused THEN created_at + session END,
    (ARRAY['control', 'treatment'])[n % 2 + 1]
  FROM generate_series(1, ${COURSES}) AS n
  CROSS JOIN LATERAL (SELECT n <= ${DRAFTS} AND n % 20 = 0 AS unused, make_interval(secs => n % 4000) AS session) AS kind
  CROSS JOIN LATERAL (
    SELECT $1::timestamptz - CASE WHEN unused THEN n * interval '30 hours' / ${DRAFTS}
      WHEN n <= ${DRAFTS} THEN interval '2 hours' + n * interval '50 days' / ${DRAFTS}
      ELSE interval '2 hours' + n * interval '700 days' / ${COURSES} END AS created_at
  ) AS aged
  ORDER BY id`;

/** As many more a day as make 5,000 together with the live ones of that day; three in four were used. */
const LEDGER = `
  INSERT INTO public.draft_ledger (course_id, organization_id, user_id, created_at, used_at, last_activity_at, deleted_at,
    deleted_by, experiment_variant)
  SELECT md5('past-' || day || '-' || n)::uuid, md5('organization-' || (n % ${ORGANIZATIONS} + 1))::uuid,
    md5('user-' || n % 9000)::uuid, created_at, CASE WHEN used THEN created_at + session END,
    created_at + session, CASE WHEN NOT used THEN created_at + interval '24 hours 30 minutes' END,
    CASE WHEN NOT used THEN 'cleanup' END, (ARRAY['control', 'treatment'])[n % 2 + 1]
  FROM generate_series(0, ${DAYS - 1}) AS day
  CROSS JOIN LATERAL (SELECT date_trunc('day', $1::timestamptz, 'UTC') - make_interval(days => day) AS began) AS start
  CROSS JOIN LATERAL (SELECT count(*)::int AS there FROM public.draft_ledger
    WHERE created_at >= began AND created_at < began + interval '1 day') AS live
  CROSS JOIN LATERAL generate_series(1, ${DRAFTS} - there) AS n
  CROSS JOIN LATERAL (
    SELECT began + n * (least(began + interval '1 day', $1::timestamptz) - began) / ${DRAFTS + 1} AS created_at,
      make_interval(secs => n % 4000) AS session, n % 4 <> 0 AS used
  ) AS draft`;

export const large: Scenario = async ({ database, now }) => {
  const client = database(DATABASE);
  const at = [now.toISOString()];
  await emptied(client, now);
  await client.query(ORGANIZATION, at);
  await client.query(COURSE, at);
  await client.query(LEDGER, at);
  const runs = await seedRuns(client, hourlyRuns(now.getTime(), new Map()));
  const snapshots = await seedSnapshots(client, { now, cutoverMs: CUTOVER_MS, days: DAYS });
  await analyzed(client);
  return [
    { table: 'public.organizations', rows: ORGANIZATIONS, eligible: 0 },
    { table: 'public.courses', rows: COURSES, eligible: OVERDUE },
    { table: 'public.draft_ledger', rows: DAYS * DRAFTS, eligible: 0 },
    runs,
    snapshots,
  ];
};

/** Unused ones, one in twenty and 30 hours apart from end to end, of which those beyond 24 hours are overdue. */
const OVERDUE = DRAFTS / 20 - (DRAFTS / 20) * (24 / 30);
