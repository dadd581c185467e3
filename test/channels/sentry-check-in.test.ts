// Schedules check in with Sentry without ever waiting for it, and without ever failing for it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withBeginning, withEnd } from '../../src/activities/job/check-ins.ts';
import { withTick } from '../../src/activities/monitor/check-ins.ts';
import { type CheckIn, createSentryCheckIns, monitorSlug } from '../../src/channels/sentry/check-in.ts';
import type { RunRequest } from '../../src/domain/jobs/job.ts';
import { END_STATES, type EndState } from '../../src/domain/jobs/run.ts';
import type { EvaluateInput, Evaluation } from '../../src/domain/monitors/evaluation.ts';
import { type FakeSentry, startFakeSentry } from '../../src/local/fakes/sentry.ts';
import { eventually } from '../support/eventually.ts';
import { aLog } from './support.ts';

const ID = 'sla-monitoring/job/cleanup_magic_links';
const SLUG = 'sla-monitoring-cleanup_magic_links';

describe('a check-in', () => {
  let fake: FakeSentry;
  let log: ReturnType<typeof aLog>;
  beforeEach(async () => {
    fake = await startFakeSentry();
    log = aLog();
  });
  afterEach(() => fake.close());

  const checkIns = (dsn: string) =>
    createSentryCheckIns({
      settings: { dsn, checkIns: true, environment: 'staging' },
      scheduleOf: (id) => (id === ID ? { cron: '0 3 * * *', maxSeconds: 301 } : undefined),
      logger: log.logger,
    });

  it('tells beginning and end under one id, with the schedule that Sentry is to expect', async () => {
    const told = checkIns(fake.dsn);
    told?.tell({ id: ID, run: 'r-1', status: 'in_progress' });
    await eventually('the first', () => fake.checkIns(SLUG).length === 1);
    told?.tell({ id: ID, run: 'r-1', status: 'ok', durationSeconds: 12.5 });
    await eventually('the second', () => fake.checkIns(SLUG).length === 2);
    const [begun, ended] = fake.checkIns(SLUG);
    expect(begun).toMatchObject({
      status: 'in_progress',
      environment: 'staging',
      monitor_config: {
        schedule: { type: 'crontab', value: '0 3 * * *' },
        timezone: 'UTC',
        checkin_margin: 5,
        max_runtime: 6,
      },
    });
    expect(ended).toMatchObject({ status: 'ok', duration: 12.5, check_in_id: begun?.['check_in_id'] });
    expect(fake.rejected).toEqual([]);
  });

  it('returns at once, and complains once until one arrives again', async () => {
    const told = checkIns(fake.dsn);
    const tell = (run: string) => told?.tell({ id: ID, run, status: 'in_progress' });
    fake.fail({ next: 3, with: 'reset' });
    const before = performance.now();
    for (const run of ['r-1', 'r-2', 'r-3']) tell(run);
    expect(performance.now() - before).toBeLessThan(500);
    await eventually('a complaint', () => log.lines.length > 0);
    tell('r-4');
    await eventually('one that arrives', () => fake.checkIns(SLUG).length === 1);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
    expect(JSON.stringify(log.lines)).not.toContain(new URL(fake.dsn).username);
    fake.fail({ next: 1, with: 'refused' });
    tell('r-5');
    await eventually('the next complaint', () => log.lines.length === 2);
  });

  it('is not there unless it is asked for and there is a DSN', () => {
    const rest = { scheduleOf: () => undefined, logger: log.logger };
    expect(createSentryCheckIns({ settings: undefined, ...rest })).toBeUndefined();
    expect(createSentryCheckIns({ settings: { dsn: fake.dsn, checkIns: false }, ...rest })).toBeUndefined();
  });
});

describe('the name of a monitor', () => {
  it('is made of pack and job, in 50 characters that Sentry takes, and no two jobs share one', () => {
    const long = 'cleanup_of_something_that_has_a_very_long_name_indeed';
    const slugs = [ID, `p/job/${long}_a`, `p/job/${long}_b`, 'p/monitor/queue'].map(monitorSlug);
    expect(slugs[0]).toBe(SLUG);
    expect(slugs[3]).toBe('p-monitor-queue');
    expect(new Set(slugs).size).toBe(4);
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9_-]{1,50}$/);
  });
});

describe('a run', () => {
  const told: CheckIn[] = [];
  const heard = { tell: (checkIn: CheckIn) => void told.push(checkIn) };
  beforeEach(() => void told.splice(0));

  const input = (request: RunRequest) => ({
    job: { pack: 'sla-monitoring', name: 'cleanup_magic_links' },
    request,
    run: { runId: 'r-1', workflowId: 'w' },
  });

  const runAs = async (request: RunRequest, state: EndState = 'completed') => {
    await withBeginning(heard, async () => 'begun')(input(request));
    await withEnd(heard, async () => ({ state, durationSeconds: 3 }))(input(request));
    return told.map(({ status }) => status);
  };

  it.each<[EndState, string]>(
    END_STATES.map((state) => [
      state,
      ['completed', 'completedWithWarnings', 'skipped'].includes(state) ? 'ok' : 'error',
    ]),
  )('of a schedule that ends %s is told as %s', async (state, status) => {
    expect(await runAs({ trigger: 'schedule' }, state)).toEqual(['in_progress', status]);
    expect(told[1]).toEqual({ id: ID, run: 'r-1', status, durationSeconds: 3 });
  });

  it.each<RunRequest>([
    {},
    { trigger: 'manual' },
    { trigger: 'retry' },
    { trigger: 'schedule', dryRun: true },
  ])('that no schedule began, or that changed nothing, is not told: %j', async (request) => {
    expect(await runAs(request)).toEqual([]);
  });

  it('whose end could not be written is not told to have ended', async () => {
    const fails = withEnd(heard, async (): Promise<{ state: EndState; durationSeconds: number }> => {
      throw new Error('away');
    });
    await expect(fails(input({ trigger: 'schedule' }))).rejects.toThrow('away');
    expect(told).toEqual([]);
  });
});

describe('a tick of a monitor', () => {
  const told: CheckIn[] = [];
  const heard = { tell: (checkIn: CheckIn) => void told.push(checkIn) };
  beforeEach(() => void told.splice(0));
  const input = { monitor: { pack: 'p', name: 'queue' }, tick: '2026-02-10T12:00:00.000Z' } as EvaluateInput;
  const expected = { id: 'p/monitor/queue', run: input.tick, durationSeconds: expect.any(Number) };

  it('is told once it was looked at, and as an error where it could not be', async () => {
    const found = {} as Evaluation;
    expect(await withTick(heard, async () => found)(input)).toBe(found);
    const fails = withTick(heard, async () => {
      throw new Error('away');
    });
    await expect(fails(input)).rejects.toThrow('away');
    expect(told).toEqual([
      { ...expected, status: 'ok' },
      { ...expected, status: 'error' },
    ]);
  });
});
