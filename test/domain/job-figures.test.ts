// What a job's runs come to: which run a number is told of, and what is no number.
import { describe, expect, it } from 'vitest';
import { ticksUntil } from '../../src/catalog/cron.ts';
import type { FoundRun } from '../../src/domain/monitors/found-runs.ts';
import { jobReading } from '../../src/domain/monitors/job-figures.ts';
import type { JobFigure } from '../../src/domain/monitors/measure-params.ts';

const NOW = Date.parse('2026-02-10T12:00:00Z');
const H = 3600;
const iso = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1000).toISOString();

/** Began so long ago, took so long; without an end it goes on. */
const run = (startedAgo: number, seconds: number | undefined, change: Partial<FoundRun> = {}): FoundRun => ({
  runId: `run of ${startedAgo}`,
  workflowId: `job/${startedAgo}`,
  startedAt: iso(startedAgo),
  endedAt: seconds === undefined ? null : iso(startedAgo - seconds),
  seconds: seconds ?? startedAgo,
  budgetSeconds: 300,
  state: seconds === undefined ? 'running' : 'succeeded',
  ...change,
});

const failed = (startedAgo: number, errorCode = 'BATCH_FAILED') =>
  run(startedAgo, 60, { state: 'failed', errorCode });

const figure = (
  of: JobFigure,
  runs: readonly FoundRun[],
  {
    ticks,
    firstAt = runs.at(-1)?.startedAt ?? null,
  }: { ticks?: readonly number[]; firstAt?: string | null } = {},
) => jobReading({ job: 'links', runs, firstAt }, { of, withinSeconds: 24 * H, nowMs: NOW, ticks });

describe('utilization and duration', () => {
  it('are of the newest run, and of one that goes on with what it has taken so far', () => {
    expect(figure('utilization', [run(330, undefined), run(H, 150)])).toEqual({
      labels: { job: 'links' },
      value: 110.00000000000001,
      subject: { id: 'run of 330', at: iso(330) },
      facts: [['run', 'job/330']],
      payload: {
        job: 'links',
        run_id: 'run of 330',
        sla_budget_seconds: 300,
        actual_duration_seconds: 330,
        utilization_percent: 110,
        running: true,
        diagnostics: expect.objectContaining({ lock_skips: 0, failure_patterns: [] }),
      },
    });
    expect(figure('duration', [run(H, 150), run(2 * H, 400)])).toMatchObject({ value: 150 });
  });

  it('pass over runs that were stopped or skipped', () => {
    const runs = [run(60, 1, { state: 'skipped' }), run(120, 1, { state: 'stopped' }), run(H, 240)];
    expect(figure('utilization', runs)).toMatchObject({ value: 80, subject: { id: `run of ${H}` } });
  });

  it('are null where nobody can know, and where there was no run', () => {
    expect(figure('utilization', [run(H, 150, { budgetSeconds: null })])).toMatchObject({ value: null });
    expect(figure('duration', [run(H, 150, { seconds: null, clockSkew: true })])).toMatchObject({
      value: null,
      payload: { clock_skew: true },
    });
    expect(figure('duration', [])).toEqual({
      labels: { job: 'links' },
      value: null,
      payload: { job: 'links' },
    });
  });
});

describe('the failing streak', () => {
  it('counts failures since the last success, whatever was stopped or goes on in between', () => {
    const runs = [
      run(60, undefined),
      failed(H),
      run(2 * H, 9, { state: 'stopped' }),
      failed(3 * H, 'RUN_LOST'),
      run(4 * H, 9),
    ];
    expect(figure('failing-streak', runs)).toMatchObject({
      value: 2,
      subject: { id: `run of ${H}` },
      payload: { error_codes: ['BATCH_FAILED', 'RUN_LOST'] },
    });
  });

  it('is 0 after a success and null before any run has ended', () => {
    expect(figure('failing-streak', [run(H, 9), failed(2 * H)])).toMatchObject({ value: 0 });
    expect(figure('failing-streak', [run(60, undefined)])).toMatchObject({ value: null });
  });
});

describe('the success rate', () => {
  it('is of runs that ended within the time, and null where none did', () => {
    const runs = [failed(H), run(2 * H, 9), run(3 * H, 9), run(4 * H, 9), failed(25 * H)];
    expect(figure('success-rate', runs)).toMatchObject({
      value: 0.75,
      payload: { successes: 3, failures: 1 },
    });
    expect(figure('success-rate', [run(60, undefined), run(25 * H, 9)])).toMatchObject({ value: null });
  });
});

describe('the time since the last success', () => {
  it('counts from its end', () => {
    expect(figure('since-success', [failed(H), run(2 * H, 600)])).toMatchObject({ value: 2 * H - 600 });
    expect(figure('since-success', [failed(H)])).toMatchObject({ value: null });
  });
});

describe('ticks', () => {
  const hourly = (fromHoursAgo: number) =>
    ticksUntil('0 * * * *', { fromMs: NOW - fromHoursAgo * H * 1000, toMs: NOW - 600_000 });

  it('of a schedule end with the newest, and one at the very instant has come', () => {
    const noon = { fromMs: NOW - 2 * H * 1000, toMs: NOW };
    expect(ticksUntil('0 * * * *', noon).map((tick) => (NOW - tick) / 1000)).toEqual([2 * H, H, 0]);
    expect(ticksUntil('0 3 * * *', noon).map((tick) => (NOW - tick) / 1000)).toEqual([9 * H]);
  });

  it('are missed where no run began before the next one and none went on', () => {
    const runs = [run(3 * H - 30, 60), run(6 * H, 2.5 * H), run(8 * H - 30, 60)];
    // 7 h ago nothing began; 5 and 4 h ago the long run went on, and 2 h ago nothing did.
    expect(figure('missed-ticks', runs, { ticks: hourly(8) })).toMatchObject({
      value: 2,
      facts: [['newest missed tick', iso(2 * H)]],
    });
  });

  it('of before the first run are not missed: the job may not have been there', () => {
    expect(figure('missed-ticks', [run(H - 30, 60)], { ticks: hourly(8) })).toMatchObject({ value: 0 });
    expect(figure('missed-ticks', [], { ticks: hourly(8) })).toMatchObject({ value: null });
    expect(figure('missed-ticks', [run(H - 30, 60)])).toMatchObject({ value: null });
  });

  it('that the newest run does not serve yet make it late', () => {
    expect(figure('late-seconds', [run(2 * H, 60)], { ticks: hourly(3) })).toMatchObject({ value: H });
    expect(figure('late-seconds', [run(H - 5, 60)], { ticks: hourly(3) })).toMatchObject({ value: 0 });
  });
});
