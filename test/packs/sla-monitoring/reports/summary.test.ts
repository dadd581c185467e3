// The reports about runs, against the worked examples, on real Postgres with a clock that stands still.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ago,
  DAY,
  HOUR,
  type LoggedRun,
  openSlaReports,
  type SlaReports,
} from '../../../support/packs/sla-reports.ts';

let house: SlaReports;
beforeAll(async () => {
  house = await openSlaReports('sla_reports');
});
beforeEach(() => house.empty());
afterAll(() => house.close());

const QUIZ = 'cleanup_quiz_responses';
const PDFS = 'cleanup_pdfs';
const MAGIC = 'cleanup_magic_links';
const BLACKLIST = 'cleanup_blacklist';

describe('sla_summary', () => {
  const columns = [
    'job',
    'successes',
    'failures',
    'success_rate',
    'last_duration_seconds',
    'utilization_percent',
    'status',
    'throughput_per_hour',
    'consecutive_failures',
  ];
  const of = async (job: string, ...columnsOf: string[]) =>
    (await house.cells('sla_summary', ['job', ...columnsOf])).find(([name]) => name === job)?.slice(1);

  it('has the figures of the worked example, a row a job, the most used first (SLA-52, SLA-53)', async () => {
    await house.log([
      { job: QUIZ, endedAgo: 5 * HOUR, seconds: 2952, records: 9840 },
      { job: PDFS, endedAgo: 4 * HOUR, seconds: 1800, records: 450 },
      ...Array.from({ length: 22 }, (_, n) => ({ job: MAGIC, endedAgo: (n + 2) * HOUR - 600, seconds: 25 })),
      { job: MAGIC, endedAgo: 90, seconds: 30, records: 600 },
      { job: MAGIC, endedAgo: 1.5 * HOUR, failed: 'TIMEOUT' },
      { job: BLACKLIST, endedAgo: 6 * HOUR, failed: 'TIMEOUT' },
    ]);
    const rows = await house.cells('sla_summary', columns);
    expect(rows).toEqual([
      [QUIZ, 1, 0, 1, 2952, 82, 'warning', 12000, 0],
      [PDFS, 1, 0, 1, 1800, 25, 'within_sla', 900, 0],
      [MAGIC, 23, 1, 23 / 24, 30, 10, 'within_sla', 72000, 0],
      [BLACKLIST, 0, 1, 0, null, null, 'no_data', null, 1],
    ]);
    expect(await of(QUIZ, 'sla_budget_seconds', 'baseline_throughput_per_hour')).toEqual([3600, null]);
  });

  it('has a row a job where nothing has run, and says so', async () => {
    const { tables, lines } = await house.report('sla_summary');
    expect(tables[0]?.rows.map(({ job, status }) => [job, status])).toEqual(
      [BLACKLIST, MAGIC, PDFS, QUIZ].map((job) => [job, 'no_data']),
    );
    expect(lines.at(-1)).toContain('No run has completed');
  });

  it.each([
    [1234, 3600, QUIZ, 34.3, 'within_sla'],
    [2950, 3600, QUIZ, 81.9, 'warning'],
    [3700, 3600, QUIZ, 102.8, 'breached'],
    [480, 600, BLACKLIST, 80, 'within_sla'],
    [600, 600, BLACKLIST, 100, 'warning'],
    [601, 600, BLACKLIST, 100.2, 'breached'],
    [5761, 7200, PDFS, 80, 'warning'],
  ])(
    'shows %d s of a budget of %d s (%s) as %d percent: %s (SLA-34, SLA-54, SLA-112)',
    async (seconds, _, job, percent, status) => {
      await house.log([{ job, seconds }]);
      const [shown, called] = (await of(job, 'utilization_percent', 'status'))!;
      expect(Math.round(Number(shown) * 10) / 10).toBe(percent);
      expect(called).toBe(status);
    },
  );

  it.each([
    ['F F S F F F', 3],
    ['F F S F F', 2],
    ['F K F F', 3],
    ['F F F F', 4],
    ['F F S', 0],
  ])('counts the failures of %s, the oldest first, as %d in a row (SLA-56)', async (course, streak) => {
    const letters = course.split(' ');
    await house.log(
      letters.map((letter, index) => ({
        job: MAGIC,
        endedAgo: (letters.length - index) * HOUR,
        ...(letter === 'F' && { failed: 'TIMEOUT' }),
        ...(letter === 'K' && { ending: 'CLEANUP_LOCK_SKIPPED' }),
      })),
    );
    expect(await of(MAGIC, 'consecutive_failures')).toEqual([streak]);
  });

  const PACE = [800, 1000, 1000, 1200, 1400];
  const paced = (records: readonly number[], more: Partial<LoggedRun> = {}): readonly LoggedRun[] =>
    records.map((count, n) => ({
      job: QUIZ,
      endedAgo: (n + 2) * DAY,
      seconds: HOUR / 2,
      records: count / 2,
      ...more,
    }));

  it.each([
    ['is the median of five runs', paced(PACE), 1000],
    ['is none of four', paced(PACE.slice(1)), null],
    [
      'leaves out runs that found nothing',
      [...paced(PACE.slice(1)), { job: QUIZ, endedAgo: 9 * DAY, records: 0 }],
      null,
    ],
    ['leaves out simulated ones', [...paced(PACE.slice(1)), ...paced([9], { actor: 'system:test' })], null],
    [
      'leaves out what is older than 14 days',
      [...paced(PACE.slice(1)), { job: QUIZ, endedAgo: 16 * DAY, records: 9 }],
      null,
    ],
    [
      'leaves out failed ones',
      [...paced(PACE.slice(1)), { job: QUIZ, endedAgo: 9 * DAY, records: 9, failed: 'X' }],
      null,
    ],
  ])('the usual pace %s (SLA-31, SLA-57)', async (_, before, median) => {
    await house.log([...before, { job: QUIZ, endedAgo: HOUR, seconds: HOUR / 2, records: 250 }]);
    expect(await of(QUIZ, 'throughput_per_hour', 'baseline_throughput_per_hour')).toEqual([500, median]);
  });

  it.each([
    ['found nothing has a pace of 0', { seconds: 10, records: 0 }, 0],
    ['took no time has none', { seconds: 0, records: 10 }, null],
    ['tells no records has none', { seconds: 10 }, null],
  ])('a run that %s (SLA-28, SLA-121)', async (_, run, pace) => {
    await house.log([{ job: QUIZ, ...run }]);
    expect(await of(QUIZ, 'throughput_per_hour')).toEqual([pace]);
  });

  it('judges a run by the budget that is declared, whatever its rows say (SLA-26)', async () => {
    await house.log([{ job: QUIZ, seconds: 1800, metadata: { sla_budget_seconds: 60 } }]);
    const shown = await of(QUIZ, 'sla_budget_seconds', 'utilization_percent', 'status');
    expect(shown).toEqual([3600, 50, 'within_sla']);
  });

  it('judges a simulated breach, and keeps it out of rate and streak (SLA-98)', async () => {
    await house.log([
      { job: QUIZ, endedAgo: HOUR, failed: 'TIMEOUT' },
      {
        job: QUIZ,
        endedAgo: 60,
        actor: 'system:test',
        withoutStart: true,
        runId: '',
        metadata: { duration_seconds: 3700, sla_budget_seconds: 3600 },
      },
    ]);
    const shown = await of(
      QUIZ,
      'successes',
      'failures',
      'last_duration_seconds',
      'status',
      'consecutive_failures',
    );
    expect(shown).toEqual([0, 1, 3700, 'breached', 1]);
  });

  it('judges a run that goes on once it has used more than the warning share (SLA-33)', async () => {
    await house.log([
      { job: MAGIC, endedAgo: HOUR, seconds: 30 },
      { job: MAGIC, runningFor: 240 },
    ]);
    expect(await of(MAGIC, 'last_duration_seconds', 'status')).toEqual([30, 'within_sla']);
    await house.log([{ job: MAGIC, runningFor: 246 }]);
    expect(await of(MAGIC, 'last_duration_seconds', 'status', 'successes')).toEqual([246, 'warning', 1]);
  });

  it('counts a run as failed once twice its budget is over and nobody works for it any more (SLA-116)', async () => {
    await house.log([{ job: MAGIC, runningFor: 601, runId: 'gone' }]);
    await house.db.query(
      `INSERT INTO sexton.fence (resource, lane, run_id, epoch, slice) VALUES ('links', 0, 'gone', 1, 4)`,
    );
    expect(await of(MAGIC, 'failures', 'last_duration_seconds', 'status')).toEqual([0, 601, 'breached']);
    await house.db.query(`UPDATE sexton.fence SET slice = 2147483647`);
    expect(await of(MAGIC, 'failures', 'status', 'consecutive_failures')).toEqual([1, 'no_data', 1]);
    expect(await house.cells('failure_patterns', ['job', 'error_code', 'first_seen'])).toEqual([
      [MAGIC, 'RUN_LOST', '2026-02-10T12:14:59Z'],
    ]);
  });
});

describe('runs, as the log tells them,', () => {
  /** Its id stands in the metadata only, as others than the engine write it. */
  const TWICE: LoggedRun = { job: QUIZ, runId: '', metadata: { run_id: 'twice' } };
  const durations = async () => house.cells('duration_percentiles', ['job', 'runs', 'p50']);

  it.each<readonly [string, readonly LoggedRun[], number, number | null]>([
    ['by their instants', [{ job: QUIZ, seconds: 100, metadata: { duration_seconds: 107 } }], 1, 100],
    [
      'by their ending where there is no start',
      [{ job: QUIZ, withoutStart: true, metadata: { duration_seconds: 42 } }],
      1,
      42,
    ],
    ['by nothing where there is neither', [{ job: QUIZ, withoutStart: true }], 0, null],
    [
      'by their ending where it lies before the start',
      [{ job: QUIZ, seconds: -5, metadata: { duration_seconds: 42 } }],
      1,
      42,
    ],
    // The second start and ending are of another length, so that it shows which of them count.
    ['once, though a row is there twice', [TWICE, { ...TWICE, endedAgo: 40, seconds: 15 }], 1, 10],
    ['not yet, where a row is of the future', [{ job: QUIZ, seconds: 9, endedAgo: -301 }], 0, null],
  ])('are timed %s (SLA-25, SLA-117, SLA-119)', async (_, runs, count, seconds) => {
    await house.log(runs);
    expect((await durations()).find(([job]) => job === QUIZ)).toEqual([QUIZ, count, seconds]);
  });

  it('without an id are one where all of their fields agree within a second (SLA-117)', async () => {
    const row: LoggedRun = { job: QUIZ, runId: '', withoutStart: true, metadata: { duration_seconds: 42 } };
    await house.log([
      { ...row, endedAgo: 60 },
      { ...row, endedAgo: 59 },
      { ...row, endedAgo: 57 },
      { ...row, endedAgo: 57, metadata: { duration_seconds: 43 } },
    ]);
    expect((await durations()).find(([job]) => job === QUIZ)?.[1]).toBe(3);
  });

  it('belong to the job that they name, else to that of their resource type (SLA-09, SLA-128)', async () => {
    const insert = `INSERT INTO public.audit_log (actor, action, resource_type, "timestamp", metadata)
      VALUES ('ops', 'CLEANUP_COMPLETED', $1, $2, $3)`;
    await house.db.query(insert, ['email_blacklist', ago(60), { duration_seconds: 1 }]);
    await house.db.query(insert, ['email_blacklist', ago(60), { duration_seconds: 2, job: PDFS }]);
    await house.db.query(insert, ['something_else', ago(60), { duration_seconds: 3 }]);
    expect(await durations()).toEqual([
      [BLACKLIST, 1, 1],
      [MAGIC, 0, null],
      [PDFS, 1, 2],
      [QUIZ, 0, null],
    ]);
  });
});
