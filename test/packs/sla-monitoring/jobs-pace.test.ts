// The specification's worked examples of jobs, judged by the pack's own monitor: pace, sustained use, and a whole day.
import { describe, expect, it } from 'vitest';
import type { FoundRun } from '../../../src/domain/monitors/found-runs.ts';
import { recordsOf } from '../../../src/domain/monitors/record.ts';
import { failed, HOUR, NOW, ran, worked } from '../../support/monitors/found-runs.ts';
import { MONITOR, older, payloadOf, row, typesOf, valueOf } from '../../support/packs/sla-jobs.ts';
import { alertsOf, judgedReports, tookRuns } from '../../support/packs/sla-pack.ts';

/** Completed runs of earlier days, one a day, with so many records an hour. */
const days = (...paces: readonly number[]): readonly FoundRun[] =>
  paces.map((pace, place) => ran((place + 1) * 24 * HOUR, HOUR, worked(pace)));

const BASELINE = days(800, 1000, 1000, 1200, 1400);

describe('the pace', () => {
  it.each([
    [499.9, ['throughput_drop']],
    [500, []],
    [400, ['throughput_drop']],
  ])('of %d an hour, usually 1000, raises %j (SLA-31, SLA-57)', (pace, alerts) => {
    // 36,000 s, so that a tenth of a record an hour is a whole one.
    const newest = ran(12 * HOUR, 10 * HOUR, { ...worked(pace * 10), budgetSeconds: 72_000 });
    expect(valueOf('throughput', [newest, ...BASELINE])).toBe(pace);
    expect(typesOf([newest, ...BASELINE])).toEqual(alerts);
  });

  it.each([
    ['four runs to compare with', [ran(HOUR, 60, worked(1)), ...BASELINE.slice(0, 4)]],
    ['no duration', [ran(HOUR, 0, worked(5)), ...BASELINE]],
    ['no count of records', [ran(HOUR, 60, worked(null)), ...BASELINE]],
    ['runs of over 14 days ago', [ran(HOUR, 60, worked(1)), ...BASELINE.map((run) => older(run, 14))]],
    [
      'made-up runs to compare with',
      [ran(HOUR, 60, worked(1)), ...BASELINE.map((run) => ({ ...run, synthetic: true }))],
    ],
    ['runs that found nothing to compare with', [ran(HOUR, 60, worked(1)), ...days(0, 0, 0, 0, 0)]],
  ])('with %s is compared with nothing and raises nothing (SLA-28, SLA-31, SLA-57)', (_, runs) => {
    expect(valueOf('throughput_ratio', runs)).toBeNull();
    expect(typesOf(runs)).toEqual([]);
  });

  it('of a run that found nothing is 0, is not judged and is no part of what is usual (SLA-121)', () => {
    const runs = [ran(HOUR, 60, worked(0)), ...BASELINE];
    expect(valueOf('throughput', runs)).toBe(0);
    expect(valueOf('throughput_ratio', runs)).toBeNull();
  });
});

describe('sustained use', () => {
  const used = (...percents: readonly number[]) =>
    percents.map((percent, place) => ran((place + 1) * 24 * HOUR, percent * 36, {}));

  it.each([
    [[70, 81, 90, 95], false],
    [[81, 82], false],
    [[81, 80, 83], false],
    [[81, 82, 83], true],
    [[81, 82, 83, 10], true],
  ])(
    'of %j percent, newest first, reaches the engineering lead: %s (SLA-32, SLA-122)',
    (percents, raises) => {
      const types = typesOf(used(...percents));
      expect(types.includes('sla_sustained_utilization')).toBe(raises);
    },
  );

  it('counts completed runs only, and none that were made up (SLA-98)', () => {
    const runs = [
      ran(HOUR, 3700, { synthetic: true }),
      failed(2 * HOUR),
      ...used(81, 82).map((run) => older(run, 1)),
    ];
    expect(typesOf(runs)).not.toContain('sla_sustained_utilization');
  });
});

describe('runs that found the lock held', () => {
  it('are counted over 24 h, told in the record of their job and raise nothing (SLA-30)', () => {
    const runs = [...row('K K S'), ran(25 * HOUR, 0, { state: 'skipped' })];
    expect(valueOf('lock_skips', runs)).toBe(2);
    const records = recordsOf(MONITOR, tookRuns(MONITOR, { links: runs }), NOW);
    expect(records[1]).toMatchObject({ job: 'links', lock_acquisition_failures: 2, success_rate: 1 });
    expect(typesOf(runs)).toEqual([]);
  });
});

describe('a made-up breach', () => {
  it('of 3700 s raises exactly one alert at 102.8 and stays out of rates, streaks and the usual pace (SLA-98)', () => {
    const synthetic = ran(3700, 3700, { synthetic: true });
    const runs = [synthetic, ran(2 * HOUR, 100, worked(100)), failed(3 * HOUR)];
    expect(payloadOf([synthetic])).toMatchObject({ utilization_percent: 102.8, synthetic: true });
    expect(typesOf([synthetic, ...row('S').map((run) => older(run, 0))])).toEqual(['sla_breach_critical']);
    expect(['success_rate', 'attempts', 'failing_streak'].map((name) => valueOf(name, runs))).toEqual([
      0.5, 2, 0,
    ]);
    expect(valueOf('throughput', runs)).toBe(3600);
  });
});

describe('the day of the specification', () => {
  const daily = { budgetSeconds: 600 };
  const jobs = {
    quiz: [ran(9 * HOUR, 2952, worked(9840))],
    pdfs: [ran(8 * HOUR, 1800, { budgetSeconds: 7200, ...worked(450) })],
    magic: [
      ...Array.from({ length: 23 }, (_, hour) =>
        ran((hour + 0.8) * HOUR, 30, { budgetSeconds: 300, ...worked(600) }),
      ),
      failed(23.5 * HOUR),
    ],
    blacklist: [{ ...failed(10 * HOUR), ...daily }],
  };

  it('raises exactly a warning for quiz and a low success rate for blacklist (SLA-53)', () => {
    expect(alertsOf(judgedReports(MONITOR, tookRuns(MONITOR, jobs)))).toEqual([
      'blacklist success_rate_low',
      'quiz sla_breach_warning',
    ]);
  });

  it('lists every job with its measures, whether or not anything fires (SLA-03, SLA-24, SLA-53)', () => {
    const records = recordsOf(MONITOR, tookRuns(MONITOR, jobs), NOW);
    expect(records.slice(0, 4).map((record) => [record['job'], record['utilization_percent']])).toEqual([
      ['quiz', 82],
      ['pdfs', 25],
      ['magic', 10],
      ['blacklist', null],
    ]);
    const paces = records.slice(4).map((record) => [record['job'], record['throughput_per_hour']]);
    expect(paces).toEqual([
      ['quiz', 12_000],
      ['pdfs', 900],
      ['magic', 72_000],
      ['blacklist', null],
    ]);
    expect(records.slice(0, 4).map((record) => record['status'])).toEqual([
      'warning',
      'within_sla',
      'within_sla',
      'no_data',
    ]);
    expect(
      records.slice(4).map((record) => [record['success_rate'], record['consecutive_failures']]),
    ).toEqual([
      [1, 0],
      [1, 0],
      [0.9583, 0],
      [0, 1],
    ]);
  });
});

describe('a breach', () => {
  it('brings along batches, lock wait, lock skips and failures of its run (SLA-36)', () => {
    const runs = [
      ran(2 * HOUR, 3000, { ...worked(10_000), budgetMismatch: true, durationMismatch: true }),
      ...row('K'),
    ];
    expect(payloadOf([...runs, failed(4 * HOUR, 'TIMEOUT')])?.['diagnostics']).toEqual({
      batch_size: 1000,
      batches: 10,
      avg_batch_ms: 240,
      max_batch_ms: 900,
      records_processed: 10_000,
      lock_wait_ms: 4,
      lock_skips: 1,
      failure_patterns: [{ error_code: 'TIMEOUT', failures: 1 }],
      budget_mismatch: true,
      duration_mismatch: true,
    });
  });
});
