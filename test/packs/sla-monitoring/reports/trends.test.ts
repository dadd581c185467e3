// Reports about many runs, and about one from near, on real Postgres with a clock that stands still.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, openSlaReports, type SlaReports } from '../../../support/packs/sla-reports.ts';

let house: SlaReports;
beforeAll(async () => {
  house = await openSlaReports('sla_trends');
});
beforeEach(() => house.empty());
afterAll(() => house.close());

const QUIZ = 'cleanup_quiz_responses';
const PDFS = 'cleanup_pdfs';
const MAGIC = 'cleanup_magic_links';
const BLACKLIST = 'cleanup_blacklist';
const JOBS = [BLACKLIST, MAGIC, PDFS, QUIZ];

describe('sla_trend', () => {
  it('has a row a bucket and job, in that order, with nothing in those without runs (SLA-58)', async () => {
    await house.log([
      { job: MAGIC, endedAgo: 600, seconds: 30, records: 60 },
      { job: MAGIC, endedAgo: 300, seconds: 90, records: 300 },
      { job: MAGIC, endedAgo: 60, failed: 'TIMEOUT' },
      { job: MAGIC, endedAgo: HOUR, seconds: 150, records: 0 },
      { job: MAGIC, endedAgo: 10, ending: 'CLEANUP_LOCK_SKIPPED' },
      { job: MAGIC, endedAgo: 20, seconds: 300, actor: 'system:test' },
      { job: MAGIC, runningFor: 400 },
    ]);
    const columns = [
      'bucket_start',
      'job',
      'avg_utilization_percent',
      'max_utilization_percent',
      'success_rate',
      'throughput_per_hour',
      'runs',
    ];
    const rows = await house.cells('sla_trend', columns, { bucket: 'hour', within: '1h' });
    expect(rows).toEqual([
      ['2026-02-10T11:00:00Z', BLACKLIST, null, null, null, null, 0],
      ['2026-02-10T11:00:00Z', MAGIC, 50, 50, 1, 0, 1],
      ['2026-02-10T11:00:00Z', PDFS, null, null, null, null, 0],
      ['2026-02-10T11:00:00Z', QUIZ, null, null, null, null, 0],
      ['2026-02-10T12:00:00Z', BLACKLIST, null, null, null, null, 0],
      ['2026-02-10T12:00:00Z', MAGIC, 20, 30, 2 / 3, 10_800, 3],
      ['2026-02-10T12:00:00Z', PDFS, null, null, null, null, 0],
      ['2026-02-10T12:00:00Z', QUIZ, null, null, null, null, 0],
    ]);
  });

  it('counts a run on the UTC day on which it ended, today included (SLA-58)', async () => {
    await house.log([
      { job: QUIZ, endedAgo: 12 * HOUR + 15 * 60 + 1, seconds: 36 },
      { job: QUIZ, endedAgo: 12 * HOUR + 15 * 60, seconds: 36 },
    ]);
    const rows = await house.cells('sla_trend', ['bucket_start', 'runs', 'job'], { within: '2d' });
    expect(rows.filter(([, , job]) => job === QUIZ).map(([at, runs]) => [at, runs])).toEqual([
      ['2026-02-08T00:00:00Z', 0],
      ['2026-02-09T00:00:00Z', 1],
      ['2026-02-10T00:00:00Z', 1],
    ]);
  });

  it('takes no other bucket than an hour or a day', async () => {
    await expect(house.report('sla_trend', { bucket: 'minute' })).rejects.toThrow(/bucket/);
  });
});

describe('duration_percentiles', () => {
  it('lie between runs, linearly (SLA-59)', async () => {
    await house.log([
      ...Array.from({ length: 10 }, (_, n) => ({
        job: QUIZ,
        endedAgo: (n + 1) * HOUR,
        seconds: (n + 1) * 100,
      })),
      { job: PDFS, seconds: 42 },
      { job: MAGIC, seconds: 42, failed: 'TIMEOUT' },
      { job: MAGIC, seconds: 42, endedAgo: 31 * DAY },
    ]);
    const rows = await house.cells('duration_percentiles', ['job', 'runs', 'p50', 'p95', 'p99']);
    expect(rows).toEqual([
      [BLACKLIST, 0, null, null, null],
      [MAGIC, 0, null, null, null],
      [PDFS, 1, 42, 42, 42],
      [QUIZ, 10, 550, expect.closeTo(955, 9), expect.closeTo(991, 9)],
    ]);
  });
});

describe('failure_patterns', () => {
  const columns = ['job', 'error_code', 'failures', 'first_seen', 'last_seen', 'share_percent'];

  it('are the codes by how often they came, with their share and since when (SLA-29, SLA-60)', async () => {
    await house.log([
      ...[3, 2, 1].map((hours) => ({ job: QUIZ, endedAgo: hours * HOUR, failed: 'A' })),
      { job: QUIZ, endedAgo: 5 * HOUR, failed: 'B' },
      { job: QUIZ, endedAgo: 24 * HOUR, failed: 'C' },
      { job: QUIZ, endedAgo: HOUR },
    ]);
    expect(await house.cells('failure_patterns', columns)).toEqual([
      [QUIZ, 'A', 3, '2026-02-10T09:15:00Z', '2026-02-10T11:15:00Z', 75],
      [QUIZ, 'B', 1, '2026-02-10T07:15:00Z', '2026-02-10T07:15:00Z', 25],
    ]);
  });

  it('of several jobs are shares of each job’s failures, by code where there are as many, or of one job only (SLA-60)', async () => {
    await house.log([
      { job: QUIZ, failed: 'B' },
      { job: PDFS, failed: 'A' },
      { job: PDFS, metadata: {}, ending: 'CLEANUP_FAILED' },
    ]);
    const few = ['job', 'error_code', 'share_percent'];
    expect(await house.cells('failure_patterns', few)).toEqual([
      [PDFS, 'A', 50],
      [QUIZ, 'B', 100],
      [PDFS, 'UNKNOWN', 50],
    ]);
    expect(await house.cells('failure_patterns', few, { job: QUIZ })).toEqual([[QUIZ, 'B', 100]]);
  });
});

describe('run_diagnostics', () => {
  const batch = (runId: string, seq: number, deleted: number, ms: number): Promise<unknown> =>
    house.db.query(
      `INSERT INTO sexton.ledger (run_id, step, lane, seq, slice, attempt, pass, deleted, ms)
       VALUES ($1, 'quiz', 0, $2, 1, 1, 1, $3, $4)`,
      [runId, seq, deleted, ms],
    );

  it('tell one run, then its batches, the slowest first (SLA-61)', async () => {
    await house.log([
      {
        job: QUIZ,
        runId: 'wanted',
        endedAgo: 2 * HOUR,
        seconds: 30,
        records: 2500,
        // Its own words count, whatever is left of its batches.
        metadata: { batches: 4, batch_size: 1000, avg_batch_ms: 20, max_batch_ms: 41, lock_wait_ms: 3 },
      },
      { job: QUIZ, endedAgo: HOUR },
    ]);
    for (const [seq, deleted, ms] of [
      [1, 1000, 10],
      [2, 1000, 40],
      [3, 400, 12],
    ] as const)
      await batch('wanted', seq, deleted, ms);
    await batch('another', 1, 9, 99);
    const { tables, lines } = await house.report('run_diagnostics', { run: 'wanted' });
    expect(tables[0].rows).toEqual([
      {
        run_id: 'wanted',
        job: QUIZ,
        started_at: '2026-02-10T10:14:30Z',
        ended_at: '2026-02-10T10:15:00Z',
        outcome: 'completed',
        duration_seconds: 30,
        records_processed: 2500,
        batches: 4,
        batch_size: 1000,
        avg_batch_ms: 20,
        max_batch_ms: 41,
        lock_wait_ms: 3,
      },
    ]);
    expect(tables[1]?.rows.map(({ seq, records, ms }) => [seq, records, ms])).toEqual([
      [2, 1000, 40],
      [3, 400, 12],
      [1, 1000, 10],
    ]);
    expect(lines).toContain('Its slowest batch took 2.0 times as long as the mean one.');
  });

  it('of a run that goes on are summed up from its batches so far', async () => {
    await house.log([{ job: PDFS, runId: 'on', runningFor: 90 }]);
    await batch('on', 1, 100, 10);
    await batch('on', 2, 50, 30);
    const columns = [
      'outcome',
      'ended_at',
      'duration_seconds',
      'records_processed',
      'batches',
      'avg_batch_ms',
      'max_batch_ms',
    ];
    expect(await house.cells('run_diagnostics', columns)).toEqual([['running', null, 90, 150, 2, 20, 30]]);
  });

  it('are of the newest run unless one is named, however old that is', async () => {
    await house.log([
      { job: QUIZ, runId: 'old', endedAgo: 200 * DAY },
      { job: QUIZ, runId: 'newest of it', endedAgo: 2 * HOUR },
      { job: PDFS, runId: 'newest', endedAgo: HOUR },
      { job: PDFS, runId: 'skipped', endedAgo: 60, ending: 'CLEANUP_LOCK_SKIPPED' },
    ]);
    expect(await house.cells('run_diagnostics', ['run_id'])).toEqual([['newest']]);
    expect(await house.cells('run_diagnostics', ['run_id'], { job: QUIZ })).toEqual([['newest of it']]);
    expect(await house.cells('run_diagnostics', ['run_id'], { run: 'old' })).toEqual([['old']]);
    const { tables, lines } = await house.report('run_diagnostics', { run: 'nowhere' });
    expect([tables[0].rows, lines]).toEqual([[], ['There is no such run.']]);
  });
});

describe('Sexton’s own history', () => {
  it('is none of the jobs that are watched', async () => {
    await house.log([{ job: 'cleanup_sla_history', failed: 'TIMEOUT', endedAgo: 60 }]);
    expect(await house.cells('failure_patterns', ['job'])).toEqual([]);
    expect((await house.cells('duration_percentiles', ['job'])).flat()).toEqual(JOBS);
    expect(await house.cells('run_diagnostics', ['job'])).toEqual([]);
  });
});
