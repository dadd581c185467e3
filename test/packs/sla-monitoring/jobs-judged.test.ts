// The specification's worked examples of jobs, judged by the pack's own monitor: time used, success rate, failing streak.
import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../../src/domain/monitors/record.ts';
import { failed, HOUR, NOW, ran } from '../../support/monitors/found-runs.ts';
import { judged, MONITOR, payloadOf, row, typesOf, valueOf } from '../../support/packs/sla-jobs.ts';
import { slaMonitor, tookRuns } from '../../support/packs/sla-pack.ts';

describe('utilization', () => {
  it.each([
    [1234, 3600, 34.3, 'within_sla', []],
    [2950, 3600, 81.9, 'warning', ['sla_breach_warning']],
    [3700, 3600, 102.8, 'breached', ['sla_breach_critical']],
    [480, 600, 80, 'within_sla', []],
    [600, 600, 100, 'warning', ['sla_breach_warning']],
    [601, 600, 100.2, 'breached', ['sla_breach_critical']],
    [5761, 7200, 80, 'warning', ['sla_breach_warning']],
    [246, 300, 82, 'warning', ['sla_breach_warning']],
  ])('of %d of %d s is shown as %d, is %s and raises %j (SLA-26, SLA-34, SLA-54)', (...figures) => {
    const [seconds, budgetSeconds, shown, status, alerts] = figures;
    const runs = [ran(4 * HOUR, seconds, { budgetSeconds })];
    expect(typesOf(runs)).toEqual(alerts);
    const [record] = recordsOf(MONITOR, tookRuns(MONITOR, { links: runs }), NOW);
    expect(record).toMatchObject({ utilization_percent: shown, status });
  });

  it('of a running job is judged by its elapsed time at the first look (SLA-32, SLA-33)', () => {
    const runs = [ran(3000, undefined), ran(26 * HOUR, 100)];
    expect(typesOf(runs)).toEqual(['sla_breach_warning']);
    expect(payloadOf(runs)).toMatchObject({ actual_duration_seconds: 3000, running: true });
  });

  it('is told of the newest run that completed, whatever failed, was stopped or skipped since (SLA-32)', () => {
    const skipped = ran(60, 0, { state: 'skipped' });
    const stopped = ran(HOUR, 5, { state: 'stopped' });
    expect(valueOf('utilization', [skipped, stopped, failed(2 * HOUR), ran(3 * HOUR, 1800)])).toBe(50);
  });

  it('of a run that has only begun takes back nothing of the one before it (SLA-32, SLA-35)', () => {
    const late = ran(26 * HOUR, 2950);
    expect(valueOf('utilization', [ran(60, undefined), late])).toBeCloseTo(81.94, 2);
    expect(valueOf('utilization', [ran(3500, undefined), late])).toBeCloseTo(97.22, 2);
    expect(valueOf('utilization', [ran(60, 30), late])).toBeCloseTo(0.83, 2);
  });

  it('is null without a duration or without any budget, and then nothing is judged (SLA-25, SLA-128)', () => {
    for (const change of [{ seconds: null }, { budgetSeconds: null }]) {
      const runs = [ran(2 * HOUR, 3590, change)];
      expect(valueOf('utilization', runs)).toBeNull();
      expect(typesOf(runs)).toEqual([]);
    }
  });

  it('above 100 % is the same alert at another severity, and both are told by one rule (SLA-06, SLA-33)', () => {
    const [warning, critical] = [2950, 3700].map(
      (seconds) => judged([ran(2 * HOUR, seconds)]).find(({ firing }) => firing)!,
    );
    expect([warning?.rule.name, warning?.labels]).toEqual([critical?.rule.name, critical?.labels]);
    expect([warning?.firing?.severity, critical?.firing?.severity]).toEqual(['warning', 'critical']);
    expect([warning?.rule.timing?.forSeconds, warning?.rule.timing?.keepFiringSeconds]).toEqual([0, 0]);
  });
});

describe('the success rate', () => {
  it.each([
    [19, 1, 0.95, []],
    [18, 1, 0.9474, ['success_rate_low']],
    [0, 0, null, []],
    [0, 1, 0, ['success_rate_low']],
  ])('of %d successes and %d failures is %s and raises %j (SLA-27, SLA-55)', (ok, bad, rate, alerts) => {
    const runs = row('F'.repeat(bad) + 'S'.repeat(ok));
    expect(typesOf(runs)).toEqual(alerts);
    const value = valueOf('success_rate', runs);
    expect(value && Math.round(value * 10_000) / 10_000).toBe(rate);
    expect(valueOf('error_rate', runs)).toBe(rate === null ? null : bad / (ok + bad));
  });

  it('counts neither runs that go on nor those that were skipped or stopped (SLA-16, SLA-115)', () => {
    const runs = [ran(30, undefined), ...row('S K K F'), ran(5 * HOUR, 5, { state: 'stopped' })];
    expect(valueOf('success_rate', runs)).toBe(0.5);
    expect(valueOf('attempts', runs)).toBe(2);
  });

  it('of a daily job is 0 after one failure, which least attempts soften (SLA-114)', () => {
    expect(typesOf([failed(HOUR)])).toEqual(['success_rate_low']);
    const softened = slaMonitor('monitor_cleanup_sla', { SLA_MIN_ATTEMPTS: '2' });
    expect(typesOf([failed(HOUR)], softened)).toEqual([]);
    expect(typesOf([failed(HOUR), failed(2 * HOUR)], softened)).toEqual(['success_rate_low']);
  });

  it('names what failures have in common, the most frequent first and five at most (SLA-29)', () => {
    const codes = ['A', 'B', 'B', 'C', 'D', 'E', 'F', 'A', 'B'];
    const patterns = payloadOf(codes.map((code, place) => failed((place + 1) * 600, code)))?.[
      'failure_patterns'
    ];
    expect(patterns).toEqual([
      { error_code: 'B', failures: 3 },
      { error_code: 'A', failures: 2 },
      { error_code: 'C', failures: 1 },
      { error_code: 'D', failures: 1 },
      { error_code: 'E', failures: 1 },
    ]);
  });
});

describe('the failing streak', () => {
  // Oldest first; enough successes besides, so that the rate of 24 h stays above its limit.
  it.each([
    ['F F S F F F', 3, true],
    ['F F S F F', 2, false],
    ['F K F F', 3, true],
    ['F F F F', 4, true],
  ])('of %s is %d, and raises: %s (SLA-32, SLA-56)', (letters, streak, raises) => {
    expect(valueOf('failing_streak', row(letters))).toBe(streak);
    expect(typesOf(row(letters)).includes('consecutive_failures')).toBe(raises);
  });

  it('is told under the same rule and job by a fourth failure, so that it opens nothing anew (SLA-56)', () => {
    const [third, fourth] = ['F F F', 'F F F F'].map(
      (letters) => judged(row(letters)).find(({ firing }) => firing?.alertType === 'consecutive_failures')!,
    );
    expect([third?.rule.name, third?.labels]).toEqual([fourth?.rule.name, fourth?.labels]);
  });

  it('ends at the next success, told of that run (SLA-35)', () => {
    const report = judged(row('F F F S')).find(({ rule }) => rule.name === 'failing_streak');
    expect(report?.firing).toBeUndefined();
    expect(report?.subject).toBe('run of 600');
  });
});
