// 50,000 quiz responses, 8,000 of them old enough to leave (SLA-11). The same instant gives the same rows.
import type { SeedResult } from '../../../src/index.ts';
import { fill, type SeedInput } from './fill.ts';

const ROWS = 50_000;
const ELIGIBLE = 8_000;

/**
 * Row n of 1…50,000, laid down in the order of its id as magic-links.ts does it.
 *
 * - 1…8,000 were given more than 30 days ago: the first by 1 ms, each next one 3 min earlier.
 * - the rest spread evenly from 30 days less 1 h ago to now, so that for an hour no further row comes due.
 */
const INSERT = `
  INSERT INTO public.quiz_responses (id, email_hash, answers, created_at)
  SELECT md5('quiz-response-' || n)::uuid AS id, md5('person-' || n),
         jsonb_build_object('people', n % 5 + 1, 'diet', (ARRAY['any', 'vegetarian', 'vegan'])[n % 3 + 1]), created_at
  FROM generate_series(1, ${ROWS}) AS n
  CROSS JOIN LATERAL (
    SELECT $1::timestamptz + CASE
      WHEN n <= ${ELIGIBLE} THEN -interval '720 hours' - interval '1 ms' - (n - 1) * interval '3 minutes'
      ELSE -interval '719 hours' + (n - ${ELIGIBLE + 1}) * interval '719 hours' / ${ROWS - ELIGIBLE}
    END AS created_at
  ) AS aged
  ORDER BY id`;

export const seedQuizResponses = (input: SeedInput): Promise<SeedResult> =>
  fill(input, {
    table: 'public.quiz_responses',
    rows: ROWS,
    eligible: ELIGIBLE,
    insert: INSERT,
    analyze: 'created_at',
  });
