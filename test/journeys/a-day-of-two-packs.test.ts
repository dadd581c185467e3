import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedAuditHistory } from '../../packs/sla-monitoring/seed/audit-history.ts';
import { scenariosNamed, seedPack } from '../../src/client/seed/seed.ts';
import { type Day, type Happening, type Lived, liveThroughDay } from '../support/day/a-day.ts';
import type { DayHouse } from '../support/day/day-house.ts';
import type { Tick } from '../support/day/day-ticks.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The Monday that comes, so that the weekly digest is part of the day; not the first of a month, which has another one. */
const nextMonday = (): number => {
  for (let at = Math.ceil(Date.now() / DAY_MS) * DAY_MS; ; at += DAY_MS) {
    const date = new Date(at);
    if (date.getUTCDay() === 1 && date.getUTCDate() !== 1) return at;
  }
};
const START = nextMonday();

const at = (clock: string): number => {
  const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
  return START + ((hours * 60 + minutes) * 60 + seconds) * 1000;
};

const happens = (clock: string, does?: Happening['does']): Happening => ({
  atMs: at(clock),
  ...(does && { does }),
});

type Spans = readonly (readonly [string, string])[];

/** Hours in which something happens, and in which every tick is a workflow but those of each minute. */
const EVENTFUL: Spans = [
  ['09:00', '10:30'],
  ['11:55', '13:00'],
  ['15:00', '15:30'],
  ['17:00', '17:15'],
  ['18:00', '18:15'],
];
/** When those of each minute are workflows, too. */
const OUTAGE: Spans = [['11:55', '12:10']];

const inOneOf = (spans: Spans, atMs: number): boolean =>
  spans.some(([from, to]) => atMs >= at(from) && atMs < at(to));

/** Work for every run of the jobs, at no less than their usual pace; the history that this pace is known from. */
const prepare = async ({ catalog, db, fakes }: DayHouse): Promise<void> => {
  const now = new Date(START);
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

const STUCK = 'sla-monitoring/job/cleanup_magic_links';

/** Somebody answers what is open of a rule, as `sexton ack` and `sexton resolve` do. */
const answers =
  (answer: 'acknowledge' | 'resolve', rule: string, label?: string) =>
  async ({ house: { db, client } }: Day): Promise<void> => {
    const { rows } = await db.query(
      `SELECT workflow_id AS id FROM sexton.incident WHERE rule = $1 AND state = 'open'
         AND ($2::text IS NULL OR EXISTS (SELECT 1 FROM jsonb_each_text(labels) WHERE value = $2))`,
      [rule, label ?? null],
    );
    if (rows.length !== 1) throw new Error(`${rows.length} incidents of ${rule} are open`);
    await client.workflow.getHandle(rows[0].id).executeUpdate(answer, { args: [{ by: 'ada' }] });
  };

/** As Postgres refuses what writes while its disk is full. */
const DISK_FULL = `
  CREATE FUNCTION public.disk_full() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
  CREATE TRIGGER disk_full BEFORE DELETE ON public.magic_link_tokens
    FOR EACH STATEMENT EXECUTE FUNCTION public.disk_full()`;

const happenings: readonly Happening[] = [
  // A run that makes no progress: every batch of it is refused, and it waits and tries again, for 15 minutes instead of 5.
  happens('09:08', ({ house: { db } }) => db.query(DISK_FULL)),
  happens('09:14:05'),
  happens('09:15:05'),
  happens('09:50', answers('acknowledge', 'sla_breach')),
  happens('09:20', ({ house: { db } }) => db.query('DROP FUNCTION public.disk_full() CASCADE')),
  happens('09:25:30', async ({ open }) => open.get(STUCK)?.result()),
  // Redis is away for five minutes, over the full hour: with the health check and a run of the drafts' cleanup in them.
  happens('11:57:30', ({ house: { redis } }) => redis.take()),
  happens('12:02:30', ({ house: { redis } }) => redis.putBack()),
  happens('12:10', answers('acknowledge', 'health_check', 'redis_connectivity')),
  happens('12:45', answers('resolve', 'health_check', 'zombie_locks')),
  // A job hands over far more than its operators can look at.
  happens('14:20', ({ house: { db } }) =>
    db.query(
      `INSERT INTO public.manual_resolution_queue (source_job, resource_type, resource_id, failure_mode, priority)
       SELECT 'cleanup_pdfs', 'meal_plan_pdf', n::text, 'blob_refused', 'normal' FROM generate_series(1, 520) AS n`,
    ),
  ),
  happens('15:10', answers('acknowledge', 'mrq_depth')),
  happens('16:30', ({ house: { db } }) =>
    db.query(`UPDATE public.manual_resolution_queue SET status = 'resolved', resolved_at = sexton.now(), resolution_note = 'mended'
      WHERE resource_id::int > 60`),
  ),
];

let lived: Lived;
const began = Date.now();
beforeAll(async () => {
  lived = await liveThroughDay({
    startMs: START,
    hours: Number(process.env.S_HOURS ?? 24),
    backoffSeconds: [60, 120, 240, 480],
    before: prepare,
    happenings,
    isEventful: ({ atMs, id }: Tick) =>
      atMs === START || inOneOf(id.endsWith('draft-redis') ? OUTAGE : EVENTFUL, atMs),
    goesOn: ({ kind, id, atMs }: Tick) => kind === 'digest' || (id === STUCK && atMs === at('09:10')),
  });
}, 1_200_000);
afterAll(async () => {
  await lived?.house.close();
});

it('x', async () => {
  console.log(
    Date.now() - began,
    [...lived.ticks],
    lived.strays.slice(0, 20),
    lived.told
      .map((t) => [new Date(t.atMs).toISOString(), t.target, t.what, t.label, t.tier, t.status].join(' '))
      .join('\n'),
  );
  console.log(
    (
      await lived.house.db.query(
        'SELECT job, state, started_at, error_message, duration_seconds FROM sexton.run ORDER BY started_at',
      )
    ).rows
      .map((r) => JSON.stringify(r))
      .join('\n'),
  );
  console.log(
    (
      await lived.house.db.query(
        'SELECT number, rule, labels, state, severity, first_fired_at, closed_at FROM sexton.incident',
      )
    ).rows
      .map((r) => JSON.stringify(r))
      .join('\n'),
  );
  console.log(
    lived.house.fakes.slack.messages.length,
    lived.house.fakes.pagerDuty.pages().length,
    lived.house.fakes.sentry.events.length,
    lived.house.fakes.smtp.messages.length,
  );
});
