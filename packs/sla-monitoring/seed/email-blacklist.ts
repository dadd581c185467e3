// 5,000 blocked addresses, 200 of them no longer (SLA-11). The same instant gives the same rows.
import type { SeedResult } from '../../../src/index.ts';
import { fill, type SeedInput } from './fill.ts';

const ROWS = 5_000;
const ELIGIBLE = 200;

/**
 * Row n of 1…5,000, laid down in the order of its id as magic-links.ts does it.
 *
 * - 1…200 have expired: the first by 1 ms, each next one 2 h earlier.
 * - of the rest every third never expires; the others do, evenly from 1 h to 365 days ahead, so that for an hour no
 *   further row comes due.
 */
const INSERT = `
  INSERT INTO public.email_blacklist (id, email_hash, reason, created_at, expires_at)
  SELECT md5('blacklist-' || n)::uuid AS id, md5('address-' || n), (ARRAY['bounce', 'complaint', 'by hand'])[n % 3 + 1],
         coalesce(expires_at, $1::timestamptz) - interval '400 days', expires_at
  FROM generate_series(1, ${ROWS}) AS n
  CROSS JOIN LATERAL (
    SELECT $1::timestamptz + CASE
      WHEN n <= ${ELIGIBLE} THEN -interval '1 ms' - (n - 1) * interval '2 hours'
      WHEN n % 3 <> 0 THEN interval '1 hour' + (n - ${ELIGIBLE}) * interval '8759 hours' / ${ROWS - ELIGIBLE}
    END AS expires_at
  ) AS ended
  ORDER BY id`;

export const seedEmailBlacklist = (input: SeedInput): Promise<SeedResult> =>
  fill(input, {
    table: 'public.email_blacklist',
    rows: ROWS,
    eligible: ELIGIBLE,
    insert: INSERT,
    analyze: 'expires_at',
  });
