// Items that wait in the manual resolution queue, as many and as old as a scenario wants them. The same instant gives the
// same rows; this touches only its own.
import type { SeedResult } from '../../../src/index.ts';
import type { SeedInput } from './fill.ts';

const MOST = 1_000;

const DELETE = `
  DELETE FROM public.manual_resolution_queue
  WHERE id IN (SELECT md5('pending-' || n)::uuid FROM generate_series(1, ${MOST}) AS n)`;

/** Item n is as old as the nth age says. */
const INSERT = `
  INSERT INTO public.manual_resolution_queue (id, source_job, resource_type, resource_id, failure_mode, priority, status,
    assigned_to, created_at)
  SELECT md5('pending-' || n)::uuid, source_job, resource_type, md5('waiting-' || n)::uuid::text, failure_mode,
         (ARRAY['low', 'normal', 'normal', 'normal', 'high', 'urgent'])[n % 6 + 1], 'pending',
         CASE WHEN n % 4 = 0 THEN 'ada' END, $1::timestamptz - hours * interval '1 hour'
  FROM unnest($2::float8[]) WITH ORDINALITY AS aged (hours, n)
  JOIN (VALUES
    (0, 'cleanup_pdfs', 'meal_plan_pdf', 'blob_still_there'),
    (1, 'cleanup_pdfs', 'meal_plan_pdf', 'blob_refused'),
    (2, 'cleanup_quiz_responses', 'quiz_response', '23503'),
    (3, 'cleanup_blacklist', 'email_blacklist', '23503')
  ) AS mode (place, source_job, resource_type, failure_mode) ON mode.place = n % 4`;

/** Hours that each has waited. */
export const seedPendingItems = async (
  { client, now }: SeedInput,
  ages: readonly number[],
): Promise<SeedResult> => {
  await client.query(DELETE);
  await client.query(INSERT, [now.toISOString(), ages]);
  return { table: 'public.manual_resolution_queue', rows: ages.length, eligible: 0 };
};

/** 39 items of at most 24 h that have waited 626.6 h together (SLA-12). */
const YOUNG: readonly number[] = [...Array.from({ length: 38 }, (_, place) => 10 + place * 0.32), 21.64];

/** 42 items: 18.3 h on average, the oldest 72 h, three over 24 h, none over 168 h (SLA-12). */
export const HEALTHY_AGES: readonly number[] = [...YOUNG, 30, 40, 72];

/** One of the 42 waits for over a week. */
export const AGED: readonly number[] = [...YOUNG, 30, 40, 169];

/** So many that came within the last hours. */
export const fresh = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, place) => 0.1 + (place % 100) * 0.05);
