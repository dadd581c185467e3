// Q3, Q9, uptime, the failed runs and what was cleaned by day: what is said of the cleanup's runs.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Drafts, openDrafts, type RunRow } from '../../../support/packs/drafts.ts';

let drafts: Drafts;
beforeAll(async () => {
  drafts = await openDrafts();
});
afterAll(() => drafts.close());
beforeEach(() => drafts.empty());

const HOUR_MS = 3_600_000;
const hoursFrom = (start: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, hour) => new Date(Date.parse(start) + hour * HOUR_MS).toISOString());

/** Of each hour a run that took 2 s, but for those that are listed. */
const runsOf = (
  slots: readonly string[],
  change: { readonly failed?: number; readonly missed?: number },
): readonly RunRow[] => {
  const { failed = 0, missed = 0 } = change;
  return slots.slice(missed).map((slot, place) => ({
    slot,
    startedAt: slot,
    status: place < failed ? 'failed' : 'succeeded',
    seconds: place < failed ? 4 : 2,
    deleted: place < failed ? 0 : 1,
  }));
};

describe('Q3', () => {
  const at = (answer: Awaited<ReturnType<Drafts['ask']>>, name: string) => answer.cell(0, name);

  it.each([
    ['2026-02-10T12:15:00Z', 2.25, 'critical'],
    ['2026-02-10T12:30:00Z', 2, 'warning'],
    ['2026-02-10T13:00:00Z', 1.5, 'healthy'],
    ['2026-02-10T12:29:59Z', 2, 'critical'],
  ])(
    'a last run at %s is %f hours ago at 14:30, which is %s (DRAFT-29, DRAFT-41, DRAFT-112)',
    async (startedAt, hours, band) => {
      await drafts.at('2026-02-10T14:30:00Z');
      await drafts.runs([{ startedAt, status: 'failed' }]);
      const answer = await drafts.ask(3);
      expect(at(answer, 'jobname')).toBe('cleanup-old-drafts-hourly');
      expect(at(answer, 'schedule')).toBe('0 * * * *');
      expect(at(answer, 'hours_since_last_run')).toBe(hours);
      expect(answer.bands['hours_since_last_run']).toBe(band);
    },
  );

  it('has no hours and the status never where it never ran (DRAFT-41, DRAFT-123)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    const answer = await drafts.ask(3);
    expect(answer.rows).toHaveLength(1);
    expect([at(answer, 'last_run'), at(answer, 'hours_since_last_run'), at(answer, 'last_status')]).toEqual([
      null,
      null,
      'never',
    ]);
    expect(at(answer, 'consecutive_failures')).toBe(0);
    expect(answer.lines[0]).toBe('cleanup-old-drafts-hourly has never run.');
  });

  it('counts failures since the last success, and leaves skipped runs out of everything (DRAFT-61, DRAFT-116, DRAFT-124)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    const statuses = ['failed', 'succeeded', 'failed', 'failed', 'skipped'];
    await drafts.runs(
      statuses.map((status, place) => ({ startedAt: `2026-02-10T0${place}:00:00Z`, status, deleted: place })),
    );
    const answer = await drafts.ask(3);
    expect([at(answer, 'last_run'), at(answer, 'last_status'), at(answer, 'consecutive_failures')]).toEqual([
      '2026-02-10T03:00:00Z',
      'failed',
      2,
    ]);
    expect(at(answer, 'last_deleted_count')).toBe(3);
  });
});

describe('Q9', () => {
  it('has the worked week: 168 due, 165 succeeded, 2 failed, 1 missed (DRAFT-51, DRAFT-52)', async () => {
    // A Wednesday; the week of 2026-02-02 is whole.
    await drafts.at('2026-02-11T00:30:00Z');
    await drafts.runs(runsOf(hoursFrom('2026-02-02T00:00:00Z', 168), { failed: 2, missed: 1 }));
    const { rows } = await drafts.ask(9);
    expect(rows[1]).toEqual(['2026-02-02', 168, 167, 165, 2, 1, 98.8, 98.21, 2_024, 4_000, 165]);
    // No divisor, no rate; weeks without runs still appear.
    expect(rows[0]).toEqual(['2026-02-09', 49, 0, 0, 0, 49, null, 0, null, null, 0]);
    expect(rows.map(([week]) => week)).toEqual(['2026-02-09', '2026-02-02', '2026-01-26', '2026-01-19']);
  });

  it('has slots of the hours that have come, from Monday 00:00 UTC on (DRAFT-50)', async () => {
    const expected: unknown[] = [];
    for (const now of [
      '2026-02-09T00:00:00Z',
      '2026-02-09T00:59:59Z',
      '2026-02-09T01:00:00Z',
      '2026-02-15T23:59:59Z',
    ]) {
      await drafts.at(now);
      expected.push((await drafts.ask(9)).rows[0]?.slice(0, 2));
    }
    expect(expected).toEqual([
      ['2026-02-09', 1],
      ['2026-02-09', 1],
      ['2026-02-09', 2],
      ['2026-02-09', 168],
    ]);
  });

  it('takes runs by hand as runs and not as slots, and skipped ones as neither (DRAFT-51, DRAFT-124)', async () => {
    await drafts.at('2026-02-09T03:30:00Z');
    await drafts.runs([
      { slot: '2026-02-09T00:00:00Z', startedAt: '2026-02-09T00:00:01Z' },
      { slot: '2026-02-09T01:00:00Z', startedAt: '2026-02-09T01:00:01Z', status: 'skipped' },
      { startedAt: '2026-02-09T02:10:00Z', trigger: 'manual', deleted: 5 },
      { startedAt: '2026-02-09T02:20:00Z', trigger: 'manual', status: 'failed' },
    ]);
    const [week] = (await drafts.ask(9)).rows;
    // due 4, took place 3, succeeded 2, failed 1, missed 3 slots
    expect(week?.slice(1, 8)).toEqual([4, 3, 2, 1, 3, 66.67, 25]);
  });

  it('fills a slot by a late success only if that began within its hour (DRAFT-125)', async () => {
    await drafts.at('2026-02-09T03:30:00Z');
    await drafts.runs([
      { slot: '2026-02-09T00:00:00Z', startedAt: '2026-02-09T00:59:59Z' },
      { slot: '2026-02-09T01:00:00Z', startedAt: '2026-02-09T02:00:00Z' },
    ]);
    expect((await drafts.ask(9)).rows[0]?.slice(1, 8)).toEqual([4, 2, 2, 0, 2, 100, 25]);
  });

  it('does not call a failure what a person stopped', async () => {
    await drafts.at('2026-02-09T00:30:00Z');
    await drafts.runs([
      { slot: '2026-02-09T00:00:00Z', startedAt: '2026-02-09T00:00:00Z', status: 'failed', error: 'STOPPED' },
    ]);
    expect((await drafts.ask(9)).rows[0]?.slice(1, 8)).toEqual([1, 1, 0, 0, 0, null, 0]);
    expect((await drafts.ask('recent_job_errors')).rows).toEqual([]);
  });
});

describe('cleanup_uptime', () => {
  it.each([
    [713, 99.03, true],
    [712, 98.89, false],
  ])(
    '%i of 720 slots of thirty days (%f percent) meet the goal of 99 percent: %s (DRAFT-52)',
    async (good, uptime, met) => {
      await drafts.at('2026-01-31T00:15:00Z');
      const slots = hoursFrom('2026-01-01T00:00:00Z', 721);
      await drafts.runs(runsOf(slots, { failed: 720 - good + 1 }));
      const answer = await drafts.ask('cleanup_uptime');
      expect(answer.rows).toEqual([[720, good, 0, uptime, met]]);
      expect(answer.lines[0]).toMatch(met ? /is met\.$/ : /is not met\.$/);
    },
  );
});

describe('created_vs_cleaned and recent_job_errors', () => {
  it('tell deletions by day from the runs, beside what was created (DRAFT-117)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    await drafts.ledger([{ createdAt: '2026-02-10T01:00:00Z' }, { createdAt: '2026-02-04T00:00:00Z' }]);
    await drafts.runs([
      { startedAt: '2026-02-10T01:00:00Z', deleted: 3 },
      { startedAt: '2026-02-10T02:00:00Z', deleted: 4 },
      { startedAt: '2026-02-09T23:59:59Z', deleted: 1 },
    ]);
    const { rows } = await drafts.ask('created_vs_cleaned');
    expect(rows.map((row) => row.slice(1))).toEqual([
      [1, 7],
      [0, 1],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 0],
    ]);
  });

  it('list failed runs, the newest first', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    await drafts.runs([
      { startedAt: '2026-02-10T01:00:00Z', status: 'failed', error: 'OLDER' },
      { startedAt: '2026-02-10T02:00:00Z', status: 'failed', error: 'NEWER' },
      { startedAt: '2026-02-10T03:00:00Z' },
      { startedAt: '2026-01-10T03:00:00Z', status: 'failed', error: 'ANCIENT' },
    ]);
    const answer = await drafts.ask('recent_job_errors');
    expect(answer.rows.map((row) => row[4])).toEqual(['NEWER', 'OLDER']);
  });
});
