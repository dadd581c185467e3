// The reports about the manual resolution queue, against the worked examples, on real Postgres with a clock that stands still.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, openSlaReports, type SlaReports } from '../../../support/packs/sla-reports.ts';

let house: SlaReports;
beforeAll(async () => {
  house = await openSlaReports('sla_queue');
});
beforeEach(() => house.empty());
afterAll(() => house.close());

const AGES = [2, 10, 30, 72, 170];

/** So many within the last 24 hours, and so many in the seven days before. */
const resolve = (lately: number, before: number): Promise<void> =>
  house.resolved([
    ...Array.from({ length: lately }, (_, n) => n),
    ...Array.from({ length: before }, (_, n) => 24 + (n * 167) / before),
  ]);

describe('mrq_summary', () => {
  const summary = async () => (await house.report('mrq_summary')).tables[0].rows;

  it('has the figures of the worked example, in one row (SLA-62, SLA-63)', async () => {
    await house.queue(AGES);
    await resolve(4, 70);
    const [row, ...more] = await summary();
    expect(more).toEqual([]);
    expect(
      Object.entries(row!).map(([name, value]) => [name, Math.round(Number(value) * 1e9) / 1e9]),
    ).toEqual([
      ['total_pending', 5],
      ['average_age_hours', 56.8],
      ['oldest_item_hours', 170],
      ['items_exceeding_24h_sla', 3],
      ['items_requiring_escalation', 1],
      ['resolved_last_24h', 4],
      ['avg_resolved_per_day', 10],
      ['resolution_ratio', 0.4],
    ]);
  });

  it('has a ratio of exactly a half with 5 resolved (SLA-63)', async () => {
    await resolve(5, 70);
    expect((await summary())[0]).toMatchObject({ resolved_last_24h: 5, resolution_ratio: 0.5 });
  });

  it('of an empty queue is counts of 0 and no ages, and no ratio without a pace (SLA-39, SLA-40, SLA-64)', async () => {
    const { tables, lines } = await house.report('mrq_summary');
    expect(Object.values(tables[0].rows[0]!)).toEqual([0, null, null, 0, 0, 0, 0, null]);
    expect(lines).toEqual(['Nothing waits in the queue.']);
  });

  it('counts ages of exactly 24 and 168 hours as not exceeding, and a microsecond more as exceeding (SLA-63)', async () => {
    await house.queue([24, 168]);
    expect((await summary())[0]).toMatchObject({ items_exceeding_24h_sla: 1, items_requiring_escalation: 0 });
    await house.db.query(
      `UPDATE sexton.manual_resolution_queue SET created_at = created_at - interval '1 microsecond'`,
    );
    expect((await summary())[0]).toMatchObject({ items_exceeding_24h_sla: 2, items_requiring_escalation: 1 });
  });

  it('counts an item of the future as new (SLA-119)', async () => {
    await house.queue([-2, 4]);
    expect((await summary())[0]).toMatchObject({ average_age_hours: 2, oldest_item_hours: 4 });
  });

  it('counts one that was resolved 24 hours ago among those before, and one of 192 hours ago no more (SLA-40)', async () => {
    await house.resolved([24, 192, 24 - 1 / HOUR]);
    expect((await summary())[0]).toMatchObject({ resolved_last_24h: 1, avg_resolved_per_day: 1 / 7 });
  });
});

describe('mrq_age_histogram', () => {
  const histogram = () => house.cells('mrq_age_histogram', ['bucket', 'pending']);

  it('has four rows whatever waits, upper limits included (SLA-65)', async () => {
    expect(await histogram()).toEqual([
      ['0-24h', 0],
      ['24-48h', 0],
      ['48-168h', 0],
      ['>168h', 0],
    ]);
    await house.queue(AGES);
    expect((await histogram()).map(([, pending]) => pending)).toEqual([2, 1, 1, 1]);
    await house.queue([24, 48, 168, -3]);
    expect((await histogram()).map(([, pending]) => pending)).toEqual([4, 2, 2, 1]);
  });
});

describe('mrq_by_priority', () => {
  const byPriority = () => house.cells('mrq_by_priority', ['priority', 'pending', 'share_percent']);

  it('has four rows from urgent to low, whatever waits (SLA-66)', async () => {
    expect(await byPriority()).toEqual(['urgent', 'high', 'normal', 'low'].map((each) => [each, 0, null]));
    await house.queue([1, 2, 3], { priority: 'low' });
    await house.queue([1], { priority: 'urgent' });
    await house.resolved([1]);
    expect(await byPriority()).toEqual([
      ['urgent', 1, 25],
      ['high', 0, 0],
      ['normal', 0, 0],
      ['low', 3, 75],
    ]);
  });
});

describe('mrq_resolution_trend', () => {
  const trend = (params = {}) =>
    house.cells('mrq_resolution_trend', ['date', 'created', 'resolved', 'pending_end_of_day'], params);

  it('has 30 days without a gap, the newest first (SLA-66)', async () => {
    const rows = await trend();
    expect(rows).toHaveLength(30);
    expect(rows[0]).toEqual(['2026-02-10', 0, 0, 0]);
    expect(rows[29]).toEqual(['2026-01-12', 0, 0, 0]);
  });

  it('counts what waited at the end of each day, by what came and went until then (SLA-66)', async () => {
    // Made at 08:15 and resolved at 09:15 of the day before, still waiting since then, and waiting since long.
    await house.resolved([27]);
    await house.queue([20, 12, 1000]);
    expect(await trend({ days: 3 })).toEqual([
      ['2026-02-10', 1, 0, 3],
      ['2026-02-09', 2, 1, 2],
      ['2026-02-08', 0, 0, 1],
    ]);
  });

  it('agrees with a count of each day by itself', async () => {
    await house.queue(Array.from({ length: 40 }, (_, n) => n * 17.3));
    await house.resolved(Array.from({ length: 60 }, (_, n) => n * 11.1));
    const rows = await trend();
    const { rows: counted } = await house.db.query(
      `SELECT (SELECT count(*)::int FROM public.manual_resolution_queue q WHERE q.created_at < day + interval '1 day'
           AND (q.resolved_at IS NULL OR q.resolved_at >= day + interval '1 day')) AS pending
       FROM generate_series(timestamptz '2026-02-09Z', timestamptz '2026-01-12Z', -interval '1 day') AS day`,
    );
    expect(rows.slice(1).map(([, , , pending]) => pending)).toEqual(counted.map(({ pending }) => pending));
  });
});

describe('mrq_patterns', () => {
  it('are the groups of what waits, the largest first (SLA-66)', async () => {
    await house.queue([1, 5], { failure_mode: 'blob_refused' });
    await house.queue([9], { failure_mode: '23503', source_job: 'cleanup_quiz_responses' });
    await house.queue([3], { failure_mode: 'blob_still_there' });
    await house.resolved([1, 2, 3, 4]);
    expect(
      await house.cells('mrq_patterns', ['source_job', 'failure_mode', 'pending', 'oldest_hours']),
    ).toEqual([
      ['cleanup_pdfs', 'blob_refused', 2, 5],
      ['cleanup_quiz_responses', '23503', 1, 9],
      ['cleanup_pdfs', 'blob_still_there', 1, 3],
    ]);
  });
});
