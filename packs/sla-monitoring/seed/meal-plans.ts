// 20,000 meal plans with a PDF, 2,500 of them old enough to lose it (SLA-11), and a file for each where there is a
// store to put it into. The same instant gives the same rows and paths.
import type { SeedBlobs, SeedResult } from '../../../src/index.ts';
import { fill, rowsOf, type SeedInput } from './fill.ts';

const ROWS = 20_000;
const ELIGIBLE = 2_500;

/**
 * Row n of 1…20,000, laid down in the order of its id as magic-links.ts does it.
 *
 * - 1…2,500 had their PDF made more than 90 days ago: the first by 1 ms, each next one 25 min earlier.
 * - the rest spread evenly from 90 days less 1 h ago to now, so that for an hour no further row comes due.
 */
const INSERT = `
  INSERT INTO public.meal_plans (id, quiz_response_id, pdf_blob_path, pdf_generated_at, created_at)
  SELECT id, md5('quiz-response-' || n)::uuid,
         'meal-plans/' || to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM') || '/' || id || '.pdf', made_at,
         made_at - interval '30 seconds'
  FROM generate_series(1, ${ROWS}) AS n
  CROSS JOIN LATERAL (
    SELECT md5('meal-plan-' || n)::uuid AS id, $1::timestamptz + CASE
      WHEN n <= ${ELIGIBLE} THEN -interval '2160 hours' - interval '1 ms' - (n - 1) * interval '25 minutes'
      ELSE -interval '2159 hours' + (n - ${ELIGIBLE + 1}) * interval '2159 hours' / ${ROWS - ELIGIBLE}
    END AS made_at
  ) AS aged
  ORDER BY id`;

export const seedMealPlans = async (
  input: SeedInput & { readonly blobs: SeedBlobs | undefined },
): Promise<SeedResult> => {
  const { client, blobs } = input;
  const result = await fill(input, {
    table: 'public.meal_plans',
    rows: ROWS,
    eligible: ELIGIBLE,
    insert: INSERT,
    analyze: 'pdf_generated_at, pdf_blob_path',
  });
  if (!blobs) return result;
  const named = await rowsOf<{ path: string }>(
    client,
    'SELECT pdf_blob_path AS path FROM public.meal_plans ORDER BY pdf_blob_path',
  );
  await blobs.put(named.map(({ path }) => path));
  return result;
};
