// The state of each full hour: before drafts moved to Redis as in the baseline, since then few drafts and few unused ones; at
// midnight the worked 18 and 3 (DRAFT-54).
import type { SeedConnection, SeedResult } from '../../../src/index.ts';
import { DAY_MS, iso, startOfHour } from './hours.ts';

const INSERT = `
  INSERT INTO public.draft_snapshots
    (taken_at, total_drafts, unused_drafts, active_drafts, pollution_percentage, redis_sessions)
  SELECT at, total, unused, total - unused, 100.0 * unused / total, CASE WHEN since THEN 30 + (n % 21)::int END
  FROM generate_series($1::timestamptz, $2::timestamptz, interval '1 hour') WITH ORDINALITY AS hour (at, n)
  CROSS JOIN LATERAL (SELECT at >= $3::timestamptz AS since, extract(hour FROM at AT TIME ZONE 'UTC') = 0 AS midnight) AS when_
  CROSS JOIN LATERAL (
    SELECT CASE WHEN NOT since THEN 46 WHEN midnight THEN 18 ELSE 15 + (n % 6)::int END AS total,
      CASE WHEN NOT since THEN 26 WHEN midnight THEN 3 ELSE 2 + (n % 3)::int END AS unused
  ) AS state`;

export const seedSnapshots = async (
  client: SeedConnection,
  { now, cutoverMs, days }: { readonly now: Date; readonly cutoverMs: number; readonly days: number },
): Promise<SeedResult> => {
  const last = startOfHour(now.getTime());
  await client.query(INSERT, [iso(last - days * DAY_MS), iso(last), iso(cutoverMs)]);
  return { table: 'public.draft_snapshots', rows: days * 24 + 1, eligible: 0 };
};
