// What is above a guard's limits, what an approval covers, and how both read.
import { describe, expect, it } from 'vitest';
import {
  type Approved,
  approvedCutoff,
  covers,
  DEFAULT_GUARD,
  type Guard,
  type OverLimit,
  overLimit,
  overWords,
  requestWords,
  type Sized,
} from '../../src/domain/jobs/guard.ts';

const CUTOFF = '2026-02-09T12:00:00.000000Z';

const sized = (eligible: number, tableRows: number, change: Partial<Sized> = {}): Sized => ({
  step: 'links',
  action: 'delete',
  table: 'public.link',
  cutoff: CUTOFF,
  eligible,
  isEstimate: false,
  tableRows,
  ...change,
});

const over = (eligible: number, change: Partial<OverLimit> = {}): OverLimit => ({
  ...sized(eligible, eligible),
  share: 1,
  limit: 'at most 1 rows',
  ...change,
});

const approved = (...[first, ...others]: [OverLimit, ...OverLimit[]]): Approved => ({
  by: 'ana',
  request: {
    number: 1,
    askedAt: CUTOFF,
    eligible: first.eligible,
    isEstimate: first.isEstimate,
    cutoff: CUTOFF,
    steps: [first, ...others],
  },
});

describe('a step is above its limits', () => {
  it.each<[string, Guard, Sized, string | undefined]>([
    ['never where there are none', { maxShare: 1, shareFromRows: 0 }, sized(100, 100), undefined],
    ['not at exactly the rows', { maxRows: 10, maxShare: 1, shareFromRows: 0 }, sized(10, 100), undefined],
    [
      'from one row more on',
      { maxRows: 10, maxShare: 1, shareFromRows: 0 },
      sized(11, 100),
      'at most 10 rows',
    ],
    ['not at exactly the share', DEFAULT_GUARD, sized(9_000, 10_000), undefined],
    ['from a little more of it on', DEFAULT_GUARD, sized(9_001, 10_000), 'at most 90 % of the table'],
    ['not by the default share of a small table', DEFAULT_GUARD, sized(9_999, 9_999), undefined],
    [
      'by both, and says both',
      { maxRows: 10, maxShare: 0.125, shareFromRows: 0 },
      sized(50, 100),
      'at most 10 rows and 12.5 % of the table',
    ],
    ['not by a share of an empty table', { maxShare: 0.1, shareFromRows: 0 }, sized(0, 0), undefined],
  ])('%s', (_, guard, step, limit) => {
    expect(overLimit(guard, step)?.limit).toBe(limit);
  });

  it('never in a run of before there were guards', () => {
    expect(overLimit(undefined, sized(1e9, 1e9))).toBeUndefined();
  });
});

describe('an approval covers a step', () => {
  it('that takes as many rows as were approved or fewer, and not one more, where both were counted', () => {
    const given = approved(over(100));
    expect([99, 100, 101].map((rows) => covers(given, over(rows)))).toEqual([true, true, false]);
  });

  it('up to 10 % more where either of the two is an estimate', () => {
    const estimated = approved(over(100, { isEstimate: true }));
    expect([110, 111].map((rows) => covers(estimated, over(rows)))).toEqual([true, false]);
    const counted = approved(over(100));
    const found = [110, 111].map((rows) => covers(counted, over(rows, { isEstimate: true })));
    expect(found).toEqual([true, false]);
  });

  it('only where it was asked about that step', () => {
    expect(covers(approved(over(100)), over(1, { step: 'others' }))).toBe(false);
  });

  it('with the cutoff that was shown for it', () => {
    const given = approved(over(1), over(1, { step: 'others', cutoff: 'another' }));
    expect(['links', 'others', 'none'].map((step) => approvedCutoff(given, step))).toEqual([
      CUTOFF,
      'another',
      undefined,
    ]);
    expect(approvedCutoff(undefined, 'links')).toBeUndefined();
  });
});

describe('what is asked reads', () => {
  it('as what would go, of how much, and what would go without asking', () => {
    const found = overLimit({ maxShare: 0.5, shareFromRows: 0 }, sized(1_200_000, 2_000_000));
    expect(found && overWords(found)).toBe(
      'it would delete 1,200,000 rows, 60 % of public.link; at most 50 % of the table go without approval',
    );
  });

  it('never as if the limit were kept: the share is rounded up', () => {
    const found = overLimit(DEFAULT_GUARD, sized(900_001, 1_000_000));
    expect(found && overWords(found)).toContain('90.1 % of public.link');
  });

  it('as an estimate where it is one, and as what its action does', () => {
    const steps = [
      over(5, { isEstimate: true }),
      over(5, { action: 'blobs' }),
      over(5, { action: 'sql-batches' }),
    ] as const;
    const words = requestWords({ steps });
    expect(words).toContain('delete about 5 rows');
    expect(words).toContain('delete the objects of 5 rows');
    expect(words).toContain('change 5 rows');
  });
});
