// A day of both packs on real servers, in virtual time: every tick of every schedule of theirs at its planned instant, with a
// run that makes no progress, five minutes without Redis and a queue that overflows laid into it, and people who answer.
// Asserted message by message (TOLD below): who was told what, in which tier, when, and that nobody was told anything else.
//
// As real workflows, at their virtual instants: every run of every job, every health check, the digest, every escalation; of
// monitors the first tick of each and those of the spans EVENTFUL and OUTAGE. All other ticks of monitors, those of each minute
// too, run the same activity in this process, against the same servers, and must find nothing to tell.
// What this machine's speed would tell is left out: no health check warns of a slow answer.
// Of Temporal two things are the day's: schedules are paused there, as they would act by the wall, and are told of by the day's
// clock; and ladders of what a run itself reports are started beside it, as reconcile does, because this server does not let
// time go by for an execution with an open child.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseTarget } from '../../src/domain/alerts/policy.ts';
import { createCollector, type Notice } from '../support/alerts/collector.ts';
import { type Day, type Happening, type Lived, liveThroughDay, type Told } from '../support/day/a-day.ts';
import { seedDay } from '../support/day/seed-day.ts';

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

/** When something happens that monitors find or end: then each of their ticks is a workflow, but those of each minute. */
const EVENTFUL: Spans = [
  ['09:10', '09:50'],
  ['10:10', '10:20'],
  ['11:55', '12:10'],
  ['12:30', '12:35'],
  ['15:00', '15:05'],
  ['17:00', '17:05'],
  ['18:00', '18:05'],
];
/** When those of each minute are workflows, too. */
const OUTAGE: Spans = [['11:55', '12:10']];

const inOneOf = (spans: Spans, atMs: number): boolean =>
  spans.some(([from, to]) => atMs >= at(from) && atMs < at(to));

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
  happens('09:20', ({ house: { db } }) => db.query('DROP FUNCTION public.disk_full() CASCADE')),
  happens('09:25:30', async ({ open }) => open.get(STUCK)?.result()),
  happens('09:50', answers('acknowledge', 'sla_breach')),
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

/** Backoffs that fill a third of an hour, which is what an hourly job may wait in. */
const BACKOFF_SECONDS = [60, 120, 240, 480];

let lived: Lived;
beforeAll(async () => {
  lived = await liveThroughDay({
    startMs: START,
    hours: 24,
    backoffSeconds: BACKOFF_SECONDS,
    before: (house) => seedDay(house, new Date(START)),
    happenings,
    isEventful: ({ atMs, id }) =>
      atMs === START || inOneOf(id.endsWith('draft-redis') ? OUTAGE : EVENTFUL, atMs),
    goesOn: ({ kind, id, atMs }) => kind === 'digest' || (id === STUCK && atMs === at('09:10')),
  });
}, 900_000);
afterAll(() => lived?.house.close());

const SLA_PAGES = ['sentry', 'pagerduty', 'log'];
const SLA_ALERTS = ['sentry', 'slack:webhook', 'log'];
const ON_CALL = ['pagerduty', 'slack:webhook', 'log'];
const DRAFT_TEAM = ['slack:backend', 'email:backend-team@example.com'];
const DRAFT_HIGH = ['slack:oncall', 'pagerduty'];

/** When, of what (alert type, and which one of its type), in which tier or with which status, to whom. */
type Row = readonly [
  clock: string,
  what: string,
  tier: string,
  status: Told['status'],
  targets: readonly string[],
];

const TOLD: readonly Row[] = [
  // The health check of the morning, to the team; all is well.
  ['06:00', 'draft-health', '', 'letter', DRAFT_TEAM],
  // It is Monday.
  ['07:00', 'draft-weekly', '', 'letter', DRAFT_TEAM],
  // 80 % and 100 % of the stuck run's budget, by the run itself.
  ['09:14', 'sla_breach_warning cleanup_magic_links', 'first-notice', 'firing', SLA_ALERTS],
  ['09:15', 'sla_breach_critical cleanup_magic_links', 'first-notice', 'firing', SLA_PAGES],
  // It is over by then, and was slow as never.
  ['09:30', 'throughput_drop cleanup_magic_links', 'first-notice', 'firing', SLA_ALERTS],
  ['09:45', 'sla_breach_critical cleanup_magic_links', 'page-on-call', 'firing', ON_CALL],
  ['09:50', 'sla_breach_critical cleanup_magic_links', 'acknowledged', 'acknowledged', ['pagerduty']],
  // The next run is well, and says so at its end; its pace is judged at the next quarter of an hour.
  [
    '10:10',
    'sla_breach_critical cleanup_magic_links',
    'resolved',
    'resolved',
    ['pagerduty', 'slack:webhook'],
  ],
  ['10:15', 'throughput_drop cleanup_magic_links', 'resolved', 'resolved', ['slack:webhook']],
  // The second probe in a row that fails.
  ['11:59', 'redis_unavailable', 'first-notice', 'firing', DRAFT_HIGH],
  ['12:00', 'health_check_fail redis_connectivity', 'first-notice', 'firing', SLA_PAGES],
  ['12:00', 'health_check_fail zombie_locks', 'first-notice', 'firing', SLA_PAGES],
  ['12:03', 'redis_unavailable', 'resolved', 'resolved', DRAFT_HIGH],
  ['12:10', 'health_check_fail redis_connectivity', 'acknowledged', 'acknowledged', ['pagerduty']],
  ['12:30', 'health_check_fail zombie_locks', 'page-on-call', 'firing', ON_CALL],
  ['12:45', 'health_check_fail zombie_locks', 'resolved', 'resolved', ['pagerduty', 'slack:webhook']],
  // The queue overflowed at 14:20; it is looked at each full hour. 60 items are left from 16:30 on.
  [
    '15:00',
    'mrq_depth_critical manual_resolution_queue',
    'first-notice',
    'firing',
    [...SLA_PAGES, 'slack:webhook'],
  ],
  ['15:10', 'mrq_depth_critical manual_resolution_queue', 'acknowledged', 'acknowledged', ['pagerduty']],
  [
    '17:00',
    'mrq_depth_critical manual_resolution_queue',
    'resolved',
    'resolved',
    ['pagerduty', 'slack:webhook'],
  ],
  // What was acknowledged at noon is found well by the next health check.
  ['18:00', 'health_check_fail redis_connectivity', 'resolved', 'resolved', ['pagerduty']],
];

/** Of the virtual clock, which goes on with the wall while work is done; nothing is ever early. */
const LATE_MS = 40_000;

const subject = (what: string, status: string): string => `${what} ${status}`;

it('a day of two packs tells exactly these people exactly this, each at its time, and nobody anything else', async () => {
  const heard = lived.told.map(({ atMs, target, what, label, tier, status, key }): Notice => {
    const about = status === 'letter' ? what : `${what} ${label}`.trim();
    return { at: atMs, ...parseTarget(target), tier, key, incident: subject(about, status) };
  });
  await createCollector(() => heard).expect(
    TOLD.flatMap(([clock, what, tier, status, targets]) =>
      targets.map((target) => ({
        ...parseTarget(target),
        tier,
        incident: subject(what, status),
        between: [at(clock), at(clock) + LATE_MS] as const,
      })),
    ),
  );
});

it('the other fifteen hours of the day are quiet', () => {
  const loud = new Set(lived.told.map(({ atMs }) => Math.floor((atMs - START) / HOUR_MS)));
  expect([...loud].toSorted((a, b) => a - b)).toEqual([6, 7, 9, 10, 11, 12, 15, 17, 18]);
});

it('what was told is what providers took, each message once', async () => {
  const { slack, pagerDuty, sentry, smtp } = lived.house.fakes;
  const to = (channel: string, statuses: readonly string[]): number =>
    lived.told.filter(({ target, status }) => target.split(':')[0] === channel && statuses.includes(status))
      .length;
  expect(slack.messages).toHaveLength(to('slack', ['firing', 'resolved', 'letter']));
  expect(pagerDuty.pages()).toHaveLength(to('pagerduty', ['firing']));
  expect(sentry.events).toHaveLength(to('sentry', ['firing']));
  expect(smtp.messages).toHaveLength(to('email', ['letter']));
  expect(new Set(lived.told.map(({ key, target }) => `${key} ${target}`)).size).toBe(lived.told.length);
});

it('every tick of every schedule was lived through, and each minute has its probe of Redis', async () => {
  const all = Object.fromEntries([...lived.ticks].map(([id, { all: ticks }]) => [id, ticks]));
  expect(all).toEqual({
    'sla-monitoring/job/cleanup_quiz_responses': 1,
    'sla-monitoring/job/cleanup_pdfs': 1,
    'sla-monitoring/job/cleanup_magic_links': 24,
    'sla-monitoring/job/cleanup_blacklist': 1,
    'sla-monitoring/job/cleanup_sla_history': 1,
    'sla-monitoring/monitor/monitor_cleanup_sla': 96,
    'sla-monitoring/monitor/monitor_manual_resolution_queue': 24,
    'sla-monitoring/check/check_cleanup_health': 4,
    'draft-cleanup/job/cleanup-old-drafts-hourly': 24,
    'draft-cleanup/job/cleanup-draft-history': 1,
    'draft-cleanup/monitor/draft-state': 288,
    'draft-cleanup/monitor/draft-job': 288,
    'draft-cleanup/monitor/draft-redis': 1_440,
    'draft-cleanup/check/draft-health': 1,
    'draft-cleanup/digest/draft-weekly': 1,
  });
  expect([...lived.ticks.values()].every(({ workflows }) => workflows > 0)).toBe(true);
  expect(lived.strays).toEqual([]);
  const { rows } = await lived.house.db.query(
    `SELECT count(*)::int AS ticks, array_agg(to_char(at AT TIME ZONE 'UTC', 'HH24:MI') ORDER BY at)
       FILTER (WHERE value = 0) AS away
     FROM sexton.sample JOIN sexton.series ON id = series WHERE monitor = 'draft-redis' AND measure = 'redis_up'`,
  );
  const outage = ['11:58', '11:59', '12:00', '12:01', '12:02'];
  const { ticks, away }: { ticks: number; away: readonly string[] } = rows[0];
  expect({ ticks, outage: away.filter((tick) => outage.includes(tick)) }).toEqual({ ticks: 1_440, outage });
  // One probe of a busy machine may take longer than its 2 s; of two in a row people would have been told.
  expect(away.length - outage.length).toBeLessThan(4);
});

it('every run did its work but the one that met no Redis, and the stuck one took a quarter of an hour', async () => {
  const { rows } = await lived.house.db.query(
    `SELECT job, state, to_char(started_at, 'HH24:MI') AS at, floor(duration_seconds / 300)::int AS budgets,
       regexp_replace(error_message, '\\(.*\\)', '(…)') AS error FROM sexton.run
     WHERE state <> 'completed' OR duration_seconds > 60 ORDER BY started_at`,
  );
  expect(rows).toEqual([
    { job: 'cleanup_magic_links', state: 'completed', at: '09:10', budgets: 3, error: null },
    {
      job: 'cleanup-old-drafts-hourly',
      state: 'failed',
      at: '12:00',
      budgets: 0,
      error:
        'Redis did not answer (…), and no run starts without its lock; while it stays away the run fails, and the next one does its work',
    },
  ]);
  const left = await lived.house.db.query(
    `SELECT (SELECT count(*) FROM public.magic_link_tokens)::int AS links, (SELECT count(*) FROM public.quiz_responses)::int
       AS answers, (SELECT count(*) FROM public.email_blacklist)::int AS blocked,
       (SELECT count(*) FROM public.meal_plans WHERE pdf_deleted_at IS NULL)::int AS pdfs`,
  );
  expect(left.rows).toEqual([{ links: 0, answers: 0, blocked: 0, pdfs: 0 }]);
});
