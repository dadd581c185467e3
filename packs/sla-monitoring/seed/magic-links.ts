// 120,000 login links, 30,000 of them old enough to leave (SLA-11). The same instant gives the same rows.
import type { SeedResult } from '../../../src/index.ts';
import { fill, type SeedInput } from './fill.ts';

const ROWS = 120_000;
const ELIGIBLE = 30_000;

/**
 * Row n of 1…120,000. Its id is the hash of n, and rows are laid down in the order of their ids, so that age and place
 * on disk have nothing to do with each other, as in a table that has lived for a while.
 *
 * - 1…30,000 expired more than 24 h ago: the first by 1 ms, each next one 20 s earlier.
 * - the rest spread evenly from 23 h ago (expired, and young) to 1 h ahead (still valid), so that for an hour
 *   after seeding no further row comes due and the figures stay true while they are watched.
 */
const INSERT = `
  INSERT INTO public.magic_link_tokens (id, token_hash, created_at, expires_at, used_at)
  SELECT md5('magic-link-' || n)::uuid AS id, md5('token-' || n), expires_at - interval '15 minutes', expires_at,
         CASE WHEN n % 3 = 0 THEN expires_at - interval '10 minutes' END
  FROM generate_series(1, ${ROWS}) AS n
  CROSS JOIN LATERAL (
    SELECT $1::timestamptz + CASE
      WHEN n <= ${ELIGIBLE} THEN -interval '24 hours' - interval '1 ms' - (n - 1) * interval '20 seconds'
      ELSE -interval '23 hours' + (n - ${ELIGIBLE + 1}) * interval '24 hours' / ${ROWS - ELIGIBLE}
    END AS expires_at
  ) AS aged
  ORDER BY id`;

export const seedMagicLinks = (input: SeedInput): Promise<SeedResult> =>
  fill(input, {
    table: 'public.magic_link_tokens',
    rows: ROWS,
    eligible: ELIGIBLE,
    insert: INSERT,
    analyze: 'expires_at',
  });
