// Q5, Q7, Q11 and the monthly trend: what is said of drafts that may long be gone, from the ledger.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Drafts, openDrafts } from '../../../support/packs/drafts.ts';

let drafts: Drafts;
beforeAll(async () => {
  drafts = await openDrafts();
});
afterAll(() => drafts.close());
beforeEach(() => drafts.empty());

/** The last seven as the specification has them; of those before, fewer than 80 % are used. */
const SERIES: readonly (readonly [day: string, created: number, used: number])[] = [
  ['2025-10-27', 18, 13],
  ['2025-10-28', 19, 14],
  ['2025-10-29', 14, 10],
  ['2025-10-30', 22, 17],
  ['2025-10-31', 18, 14],
  ['2025-11-01', 19, 15],
  ['2025-11-02', 20, 16],
  ['2025-11-03', 19, 15],
  ['2025-11-04', 16, 13],
  ['2025-11-05', 22, 17],
  ['2025-11-06', 18, 14],
  ['2025-11-07', 20, 15],
  ['2025-11-08', 15, 12],
];

const fill = async (series: readonly (readonly [string, number, number])[]): Promise<void> => {
  for (const [day, created, used] of series)
    await drafts.ledger(
      Array.from({ length: created }, (_, place) => ({
        createdAt: `${day}T${String(place % 13).padStart(2, '0')}:15:00Z`,
        ...(place < used && { usedAfterSeconds: 90 }),
      })),
    );
};

describe('Q5', () => {
  it('has the worked rates and seven-day means, which reach back beyond the days shown (DRAFT-43, DRAFT-104)', async () => {
    await drafts.at('2025-11-08T23:00:00Z');
    await fill(SERIES);
    const { rows } = await drafts.ask(5);
    expect(rows).toHaveLength(30);
    expect(rows.slice(0, 7)).toEqual([
      ['2025-11-08', 15, 12, 3, 80, 20, 18.57],
      ['2025-11-07', 20, 15, 5, 75, 25, 19.14],
      ['2025-11-06', 18, 14, 4, 77.78, 22.22, 18.86],
      ['2025-11-05', 22, 17, 5, 77.27, 22.73, 19.43],
      ['2025-11-04', 16, 13, 3, 81.25, 18.75, 18.29],
      ['2025-11-03', 19, 15, 4, 78.95, 21.05, 18.71],
      ['2025-11-02', 20, 16, 4, 80, 20, 18.57],
    ]);
    expect((await drafts.ask(5, { days: 7 })).rows).toEqual(rows.slice(0, 7));
  });

  it('says on which days both strict targets were met, exactly one of the worked week (DRAFT-44, DRAFT-108)', async () => {
    await drafts.at('2025-11-08T23:00:00Z');
    await fill(SERIES);
    const { lines, bandsOf } = await drafts.ask(5, { days: 7 });
    expect(lines[0]).toBe(
      'Usage was above 80 % and abandonment below 20 % on 1 of 7 days with drafts: 2025-11-04.',
    );
    expect([bandsOf(0)['usage_rate'], bandsOf(4)['usage_rate']]).toEqual(['warning', 'healthy']);
    expect([bandsOf(0)['abandonment_rate'], bandsOf(4)['abandonment_rate']]).toEqual(['warning', 'healthy']);
  });

  it('flags today as provisional, as its young drafts count as abandoned (DRAFT-119)', async () => {
    await drafts.at('2025-11-08T10:00:00Z');
    await fill(SERIES);
    expect((await drafts.ask(5)).lines.join(' ')).toMatch(/2025-11-08 is today and provisional/);
  });

  it('shows thirty UTC days without a gap, and no rate of a day without drafts (DRAFT-43)', async () => {
    await drafts.at('2025-03-10T00:00:00Z');
    await fill([['2025-03-01', 4, 1]]);
    const { rows } = await drafts.ask(5);
    expect(rows.map(([date]) => date)).toEqual(
      Array.from({ length: 30 }, (_, back) =>
        new Date(Date.parse('2025-03-10') - back * 86_400_000).toISOString().slice(0, 10),
      ),
    );
    expect(rows[0]).toEqual(['2025-03-10', 0, 0, 0, null, null, 0]);
    expect(rows[9]).toEqual(['2025-03-01', 4, 1, 3, 25, 75, 4]);
    expect(rows[10]?.slice(1)).toEqual([0, 0, 0, null, null, null]);
  });

  it('takes the mean of the days there are where history is shorter than seven (DRAFT-45)', async () => {
    await drafts.at('2026-02-10T12:00:00Z');
    await fill([
      ['2026-02-09', 10, 0],
      ['2026-02-10', 20, 0],
    ]);
    expect((await drafts.ask(5)).rows.slice(0, 2).map((row) => row[6])).toEqual([15, 10]);
  });

  it('still counts drafts that the cleanup has deleted (DRAFT-10, DRAFT-120)', async () => {
    await drafts.at('2026-02-10T12:00:00Z');
    await drafts.put([{ age: 30 }, { age: 30, used: true }]);
    await drafts.db.query('SELECT trigger_manual_cleanup()');
    expect((await drafts.ask(1)).rows[0]?.[0]).toBe(1);
    expect((await drafts.ask(5)).rows[1]).toEqual(['2026-02-09', 2, 1, 1, 50, 50, 2]);
  });
});

describe('Q7', () => {
  it('adds up the four whole weeks before today, a row for each hour of the week (DRAFT-47, DRAFT-118)', async () => {
    // A Tuesday; the 28 days before it begin on Tuesday, 2026-01-13.
    await drafts.at('2026-02-10T14:30:00Z');
    const mondays = ['2026-01-19', '2026-01-26', '2026-02-02', '2026-02-09'];
    const at = (createdAt: string, count: number, used = 0) =>
      Array.from({ length: count }, (_, place) => ({
        createdAt,
        ...(place < used && { usedAfterSeconds: 1 }),
      }));
    await drafts.ledger([
      ...[4, 6, 2, 8].flatMap((count, week) => at(`${mondays[week]}T10:59:59Z`, count, 1)),
      ...at('2026-01-12T10:00:00Z', 5),
      ...at('2026-02-10T00:00:00Z', 5),
      ...at('2026-01-13T00:00:00Z', 1),
      ...at('2026-02-09T23:59:59Z', 1),
    ]);
    const { rows, lines } = await drafts.ask(7);
    expect(rows.map(([day, hour]) => `${day} ${hour}`)).toEqual(
      Array.from({ length: 168 }, (_, place) => `${Math.floor(place / 24) + 1} ${place % 24}`),
    );
    expect(rows[10]).toEqual([1, 10, 20, 5, 16, 80, true]);
    expect(rows[11]).toEqual([1, 11, 0, 0, 0, null, false]);
    expect(rows[24]).toEqual([2, 0, 1, 0.25, 1, 100, true]);
    expect(rows[23]).toEqual([1, 23, 1, 0.25, 1, 100, true]);
    expect(rows.filter((row) => row[6] === true)).toHaveLength(3);
    expect(lines[0]).toBe('Busiest: Monday 10 h with 20 drafts in 28 days, 5.00 each time.');
  });

  it('calls the ten busiest hours peaks, of equal ones the earlier, and never an empty one (DRAFT-47)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    // As busy on a Tuesday at midnight, which is an earlier hour of a later day.
    await drafts.ledger([
      { createdAt: '2026-02-03T00:00:00Z' },
      ...Array.from({ length: 12 }, (_, hour) => ({
        createdAt: `2026-02-09T${String(hour + 5).padStart(2, '0')}:00:00Z`,
      })),
    ]);
    const { rows } = await drafts.ask(7);
    expect(rows.filter((row) => row[6] === true).map((row) => `${row[0]} ${row[1]}`)).toEqual(
      [5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((hour) => `1 ${hour}`),
    );
  });
});

describe('Q11', () => {
  it('puts the worked sessions into their buckets, lower limits included and the hour below (DRAFT-56, DRAFT-57)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    const session = (seconds: number, used = false) => ({
      createdAt: '2026-02-01T10:00:00Z',
      ...(used ? { usedAfterSeconds: seconds } : { activeForSeconds: seconds }),
    });
    await drafts.ledger([
      ...[30, 59, 899, 7_200].map((seconds) => session(seconds)),
      ...[60, 299, 300, 900, 3_600, 3_601].map((seconds) => session(seconds, true)),
    ]);
    const { rows } = await drafts.ask(11);
    expect(rows).toEqual([
      ['< 1m', 2, 20, 0, 0],
      ['1-5m', 2, 20, 2, 100],
      ['5-15m', 2, 20, 1, 50],
      ['15-60m', 2, 20, 2, 100],
      ['> 60m', 2, 20, 1, 50],
    ]);
  });

  it('has its five rows without sessions too, and shares of nothing are empty (DRAFT-57)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    const buckets = ['< 1m', '1-5m', '5-15m', '15-60m', '> 60m'];
    expect((await drafts.ask(11)).rows).toEqual(buckets.map((bucket) => [bucket, 0, null, 0, null]));
  });

  it('looks at drafts of the last thirty days alone (DRAFT-56)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    await drafts.ledger([
      { createdAt: '2026-01-11T14:30:00Z', activeForSeconds: 30 },
      { createdAt: '2026-01-11T14:29:59Z', activeForSeconds: 30 },
    ]);
    expect((await drafts.ask(11)).rows[0]).toEqual(['< 1m', 1, 100, 0, 0]);
  });
});

describe('monthly_trend', () => {
  it('rates a month by its sums, not by the mean of its days (DRAFT-58)', async () => {
    await drafts.at('2026-02-10T14:30:00Z');
    await fill([
      ['2026-01-31', 10, 5],
      ['2026-02-01', 10, 5],
      ['2026-02-02', 30, 24],
    ]);
    await drafts.runs([
      { startedAt: '2026-02-02T10:00:00Z', deleted: 7 },
      { startedAt: '2026-02-03T10:00:00Z', deleted: 4 },
      { startedAt: '2026-01-31T23:00:00Z', deleted: 2 },
    ]);
    await drafts.snapshots([
      ['2026-02-01T00:00:00Z', 10, 1],
      ['2026-02-01T01:00:00Z', 0, 0],
      ['2026-02-01T02:00:00Z', 10, 2],
      ['2026-01-31T23:00:00Z', 3, 1],
    ]);
    const { rows } = await drafts.ask('monthly_trend');
    expect(rows[0]).toEqual(['2026-02', 40, 29, 11, 72.5, 27.5, 11, 15]);
    expect(rows[1]).toEqual(['2026-01', 10, 5, 5, 50, 50, 2, 33.33]);
  });

  it('shows twelve months, the newest first, empty ones too (DRAFT-58)', async () => {
    await drafts.at('2026-02-28T23:59:59Z');
    const { rows } = await drafts.ask('monthly_trend');
    expect(rows.map(([month]) => month)).toEqual([
      '2026-02',
      '2026-01',
      ...['12', '11', '10', '09', '08', '07', '06', '05', '04', '03'].map((month) => `2025-${month}`),
    ]);
    expect(rows[0]?.slice(1)).toEqual([0, 0, 0, null, null, 0, null]);
  });
});
