// The health check of draft-cleanup as its workers run it every morning: what it finds, what it alerts of, and the summary.
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import config from '../../../sexton.config.ts';
import { createCheckHealth } from '../../../src/activities/checks/check-health.ts';
import { type Catalog, findCheck } from '../../../src/catalog/catalog.ts';
import { checkConfig } from '../../../src/catalog/load.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { applyDifferences } from '../../../src/client/sync/sync.ts';
import { buildId } from '../../../src/config/build-id.ts';
import type { Env } from '../../../src/config/env.ts';
import { assembleCatalog } from '../../../src/config/load-catalog.ts';
import type { Checked, CheckResult } from '../../../src/domain/health/health.ts';
import { jobScheduleId } from '../../../src/domain/ids.ts';
import { workerIdentity } from '../../../src/domain/worker-identity.ts';
import { openDependencies } from '../../../src/worker/dependencies.ts';
import { queueTable } from '../../../src/worker/queues.ts';
import { eventually } from '../../support/eventually.ts';
import { connectOwnNamespace, type OwnNamespace } from '../../support/own-namespace.ts';
import { schemasOf } from '../../support/packs/schemas.ts';
import { freshDatabase, redisUrl } from '../../support/stack.ts';

const JOB = 'cleanup-old-drafts-hourly';

const load = (env: Env): Catalog => {
  const packs = config.packs.filter(({ name }) => name === 'draft-cleanup');
  return assembleCatalog(checkConfig({ ...config, packs }, 'sexton.config.ts', env), env);
};

let temporal: OwnNamespace;
let client: Client;
let catalog: Catalog;
let db: pg.Pool;
let opened: ReturnType<typeof openDependencies>;
let stopWorkers: () => Promise<void>;
beforeAll(async () => {
  temporal = await connectOwnNamespace();
  client = temporal.client;
  const url = await freshDatabase('draft_health');
  catalog = load({ DATABASE_URL: url, REDIS_URL: `${redisUrl()}/12` });
  await migrateAll(catalog);
  await applyDifferences({ catalog, client, only: ['schedule'] });
  db = new pg.Pool({ connectionString: url, max: 2 });
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  opened = openDependencies({ catalog, client, channels: {}, blobs: undefined, notices: quiet });
  const workers = await Promise.all(
    queueTable(catalog.databases).map(({ taskQueue }) =>
      Worker.create({
        connection: temporal.native,
        namespace: temporal.namespace,
        taskQueue,
        identity: workerIdentity({ pid: 1, host: 'shed', build: buildId() }),
        activities: { nothing: async () => {} },
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  stopWorkers = async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  };
});
afterAll(async () => {
  await stopWorkers();
  await opened.close();
  await Promise.all([db.end(), temporal.close()]);
});

const ranHoursAgo = (hours: number): Promise<unknown> =>
  db.query(
    `INSERT INTO public.job_runs (run_id, jobname, started_at, ended_at, status, trigger)
     SELECT gen_random_uuid()::text, $1, sexton.now() - make_interval(secs => $2::float8 * 3600), sexton.now(), 'succeeded', 'manual'`,
    [JOB, hours],
  );

beforeEach(async () => {
  await db.query('TRUNCATE public.job_runs');
  await ranHoursAgo(1);
});

let ticks = 0;

/** A minute later each time; how quickly a busy machine answers is no matter of these tests. */
const check = (by?: string): Promise<Checked> => {
  ticks += 1;
  const tick = new Date(Date.now() - 3_600_000 + ticks * 60_000).toISOString();
  const { snapshot } = findCheck(catalog, 'draft-health');
  const checks = snapshot.checks.map((each) =>
    'warnAboveMs' in each.with ? { ...each, with: { ...each.with, warnAboveMs: 60_000 } } : each,
  );
  const input = { check: { ...snapshot, checks }, tick, ringAfterSeconds: 60, ...(by && { by }) };
  return new MockActivityEnvironment().run(createCheckHealth(opened.dependencies), input);
};

const named = ({ report }: Checked, name: string): CheckResult | undefined =>
  report.checks.find((each) => each.name === name);

const alerts = async (): Promise<readonly string[]> => {
  const { rows } = await db.query(
    `SELECT number || ' ' || (firing ->> 'severityWord') || ' ' || (labels ->> 'check') AS alert FROM sexton.incident
     WHERE state = 'open' ORDER BY number`,
  );
  return rows.map(({ alert }) => alert);
};

const schemas = schemasOf('draft-cleanup');

describe('draft-health', () => {
  it('looks every morning at the ten things of the specification (DRAFT-33, DRAFT-92)', () => {
    const { schedule, snapshot } = findCheck(catalog, 'draft-health');
    expect(schedule).toBe('0 6 * * *');
    expect(snapshot.checks.map(({ name, kind }) => [name, kind])).toEqual([
      ['database_connectivity', 'postgres'],
      ['redis_connectivity', 'redis'],
      ['cleanup_schedule', 'schedule'],
      ['cleanup_last_run', 'measure'],
      ['cleanup_permissions', 'privileges'],
      ['monitoring_objects', 'objects'],
      ['index_courses_drafts', 'index'],
      ['old_drafts', 'measure'],
      ['worker_version', 'workers'],
      ['alert_channels', 'channels'],
    ]);
    expect(snapshot.checks[3]?.with).toMatchObject({
      warn: { above: 1.5 },
      fail: { above: 2 },
      nothing: 'FAIL',
    });
    expect(snapshot.checks[7]?.with).toMatchObject({ warn: { atLeast: 1 }, fail: { above: 5 } });
    expect(snapshot.checks[8]?.with).toMatchObject({ build: buildId() });
  });

  it('probes Slack and the pager wherever they must be set, and the log where nothing is (DRAFT-33)', () => {
    const targets = (env: Env) =>
      findCheck(load(env), 'draft-health').snapshot.checks.at(-1)?.with['targets'];
    const here = { DATABASE_URL: 'postgres://db/x', REDIS_URL: 'redis://cache' };
    expect(targets(here)).toEqual(['log']);
    expect(targets({ ...here, SLACK_WEBHOOK_URL: 'https://hooks.example.org/1' })).toEqual(['slack:webhook']);
    const production = {
      ...here,
      SEXTON_PROFILE: 'production',
      SLACK_WEBHOOK_URL: 'https://hooks.example.org/1',
      PAGERDUTY_ROUTING_KEY: '0123456789abcdef0123456789abcdef',
    };
    expect(targets(production)).toEqual(['slack:webhook', 'pagerduty']);
  });

  it('passes where all is well, in a report of its published form, with a summary to be sent (DRAFT-34, DRAFT-35)', async () => {
    await eventually(
      'the workers ask for work',
      async () => named(await check('ana'), 'worker_version')?.status === 'PASS',
    );
    const checked = await check();
    expect(checked.report.checks.filter(({ status }) => status !== 'PASS')).toEqual([]);
    expect(schemas.check('health-report', checked.report)).toBe('sound');
    expect(named(checked, 'database_connectivity')).toHaveProperty('latency_ms');
    expect(named(checked, 'old_drafts')).toMatchObject({ value: 0 });
    expect(await alerts()).toEqual([]);
    const { rows } = await db.query('SELECT letter FROM sexton.letter WHERE id = $1', [checked.letter]);
    expect(rows[0]?.letter).toMatchObject({
      kind: 'health',
      subject: 'draft-cleanup: draft-health PASS',
      parts: [
        {
          lines: ['10 of 10 checks pass'],
          table: expect.stringMatching(/✓ Database +PASS[\s\S]*Overall: PASS$/),
        },
      ],
      payload: { status: 'PASS' },
    });
    // Who asks sees the report; nobody else is sent one.
    expect(await check('ana')).not.toHaveProperty('letter');
  });

  it('warns without an alert, and alerts once of each check that newly fails, as MEDIUM (DRAFT-33, DRAFT-35)', async () => {
    await db.query('TRUNCATE public.job_runs');
    await ranHoursAgo(1.75);
    const schedule = client.schedule.getHandle(jobScheduleId('draft-cleanup', JOB));
    await schedule.pause('the move');
    const warned = await check();
    expect(warned.report.status).toBe('WARN');
    expect(named(warned, 'cleanup_last_run')).toMatchObject({
      status: 'WARN',
      value: expect.closeTo(1.75, 2),
    });
    expect(named(warned, 'cleanup_schedule')).toMatchObject({ status: 'WARN', error: 'paused (the move)' });
    expect(await alerts()).toEqual([]);
    await schedule.unpause();

    await db.query('DROP FUNCTION public.check_pending_cleanup(interval)');
    const failed = await check();
    expect(named(failed, 'monitoring_objects')).toMatchObject({
      status: 'FAIL',
      error: 'missing: function check_pending_cleanup(interval)',
    });
    // A check that throws fails by itself.
    expect(named(failed, 'old_drafts')).toMatchObject({
      status: 'FAIL',
      error: expect.stringContaining('does not exist'),
    });
    const first = await alerts();
    expect(first.map((each) => each.replace(/^\d+ /, ''))).toEqual([
      'MEDIUM monitoring_objects',
      'MEDIUM old_drafts',
    ]);
    expect(await check()).toMatchObject({ handOvers: first.map(() => expect.anything()) });
    expect(await alerts()).toEqual(first);

    await db.query('DROP INDEX public.idx_courses_drafts');
    const more = await check();
    expect(named(more, 'index_courses_drafts')).toMatchObject({ status: 'FAIL', error: 'Index not found' });
    const [, , third, ...others] = await alerts();
    expect(others).toEqual([]);
    expect(third).toMatch(/MEDIUM index_courses_drafts$/);
    expect(schemas.check('health-report', more.report)).toBe('sound');
  });

  it('fails of a job that never ran or whose last run is too long ago (DRAFT-33)', async () => {
    await db.query('TRUNCATE public.job_runs');
    expect(named(await check('ana'), 'cleanup_last_run')).toMatchObject({ status: 'FAIL', value: null });
    await ranHoursAgo(2.25);
    expect(named(await check('ana'), 'cleanup_last_run')).toMatchObject({
      status: 'FAIL',
      error: '2.25 is above 2',
    });
  });
});
