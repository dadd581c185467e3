// What is in the systems as a day begins: a quiet day's drafts, what the jobs did in the months before, and their work of today.
import { seedAuditHistory } from '../../../packs/sla-monitoring/seed/audit-history.ts';
import { scenariosNamed, seedPack } from '../../../src/client/seed/seed.ts';
import type { DayHouse } from './day-house.ts';

/** Work for every run of the jobs, at no less than their usual pace; the history that this pace is known from. */
export const seedDay = async ({ catalog, db, fakes }: DayHouse, now: Date): Promise<void> => {
  const [steady] = scenariosNamed(catalog.packs, 'steady');
  if (steady) await seedPack({ ...steady, catalog, now });
  await seedAuditHistory({ client: db, now });
  const links = `INSERT INTO public.magic_link_tokens (token_hash, expires_at)
    SELECT md5(hour || '/' || n), $1::timestamptz + make_interval(hours => hour - 24, mins => 5, secs => n / 10.0)
    FROM generate_series(0, 23) AS hour, generate_series(1, 400) AS n`;
  await db.query(links, [now]);
  await db.query(
    `INSERT INTO public.quiz_responses (email_hash, created_at)
     SELECT md5(n::text), $1::timestamptz - make_interval(days => 30, secs => n) FROM generate_series(1, 300) AS n`,
    [now],
  );
  await db.query(
    `INSERT INTO public.email_blacklist (email_hash, reason, expires_at)
     SELECT md5(n::text), 'bounced', $1::timestamptz - make_interval(secs => n) FROM generate_series(1, 50) AS n`,
    [now],
  );
  const paths = Array.from({ length: 80 }, (_, place) => `plans/${place}.pdf`);
  fakes.blob.put(paths);
  await db.query(
    `INSERT INTO public.meal_plans (pdf_blob_path, pdf_generated_at)
     SELECT path, $1::timestamptz - make_interval(days => 90, secs => n) FROM unnest($2::text[]) WITH ORDINALITY AS p (path, n)`,
    [now, paths],
  );
  await db.query('ANALYZE');
};
