// 600 items that people resolved, 20 a day for 30 days (SLA-11). The same instant gives the same rows. What waits in
// the queue is real, or a scenario's; this touches only its own.
import type { SeedResult } from '../../../src/index.ts';
import type { SeedInput } from './fill.ts';

const ROWS = 600;

const DELETE = `
  DELETE FROM public.manual_resolution_queue
  WHERE id IN (SELECT md5('resolved-' || n)::uuid FROM generate_series(1, ${ROWS}) AS n)`;

/** Item n was resolved 72 min before item n - 1, the first 36 min ago; it had waited from 1 h to 20 h. */
const INSERT = `
  INSERT INTO public.manual_resolution_queue (id, source_job, resource_type, resource_id, failure_mode, priority,
    status, assigned_to, created_at, resolved_at, resolution_note)
  SELECT md5('resolved-' || n)::uuid, source_job, resource_type,
         CASE resource_type
           WHEN 'meal_plan_pdf' THEN 'meal-plans/' || to_char(made_on, 'YYYY-MM') || '/' || item || '.pdf'
           ELSE item END,
         failure_mode,
         (ARRAY['low', 'normal', 'normal', 'normal', 'high', 'urgent'])[n % 6 + 1], 'resolved',
         (ARRAY['ada', 'grace', 'edsger'])[n % 3 + 1], resolved_at - (n % 20 + 1) * interval '1 hour', resolved_at, note
  FROM generate_series(1, ${ROWS}) AS n
  CROSS JOIN LATERAL (
    SELECT $1::timestamptz - (n - 0.5) * interval '72 minutes' AS resolved_at, md5('item-' || n)::uuid::text AS item,
           ($1::timestamptz - interval '120 days') AT TIME ZONE 'UTC' AS made_on
  ) AS done
  JOIN (VALUES
    (0, 'cleanup_pdfs', 'meal_plan_pdf', 'blob_still_there', 'deleted by hand in the store'),
    (1, 'cleanup_pdfs', 'meal_plan_pdf', 'blob_refused', 'path mended'),
    (2, 'cleanup_quiz_responses', 'quiz_response', '23503', 'the row that referred to it is gone'),
    (3, 'cleanup_magic_links', 'magic_link', 'P0001', 'trigger mended'),
    (4, 'cleanup_blacklist', 'email_blacklist', '23503', 'the row that referred to it is gone')
  ) AS mode (place, source_job, resource_type, failure_mode, note) ON mode.place = n % 5`;

export const seedResolvedItems = async ({ client, now }: SeedInput): Promise<SeedResult> => {
  const table = 'public.manual_resolution_queue';
  await client.query(DELETE);
  await client.query(INSERT, [now.toISOString()]);
  return { table, rows: ROWS, eligible: 0 };
};
