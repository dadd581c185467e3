// The health check of sla-monitoring as its workers run it: on its own tables, schedules, locks and variables.
import { MockActivityEnvironment } from '@temporalio/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCheckHealth } from '../../../src/activities/checks/check-health.ts';
import { onRedis } from '../../../src/adapters/redis-connection.ts';
import { type Catalog, findCheck } from '../../../src/catalog/catalog.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { applyDifferences } from '../../../src/client/sync/sync.ts';
import type { Checked, CheckResult, HealthStatus } from '../../../src/domain/health/health.ts';
import { jobScheduleId } from '../../../src/domain/ids.ts';
import { type FakeBlob, startFakeBlob } from '../../../src/local/fakes/blob.ts';
import { openDependencies } from '../../../src/worker/dependencies.ts';
import { connectOwnNamespace, type OwnNamespace } from '../../support/own-namespace.ts';
import { schemasOf } from '../../support/packs/schemas.ts';
import { slaCatalog } from '../../support/packs/sla-pack.ts';
import { freshDatabase, redisUrl } from '../../support/stack.ts';

/** Locks of the same names belong to other tests elsewhere. */
const REDIS = `${redisUrl()}/11`;

let temporal: OwnNamespace;
let catalog: Catalog;
let db: pg.Pool;
let blob: FakeBlob;
let opened: ReturnType<typeof openDependencies>;
beforeAll(async () => {
  temporal = await connectOwnNamespace();
  const { client } = temporal;
  const url = await freshDatabase('sla_health');
  catalog = slaCatalog({ DATABASE_URL: url, REDIS_URL: REDIS });
  await migrateAll(catalog);
  await applyDifferences({ catalog, client, only: ['schedule'] });
  db = new pg.Pool({ connectionString: url, max: 2 });
  blob = await startFakeBlob();
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  opened = openDependencies({
    catalog,
    client,
    channels: {},
    blobs: { token: blob.token, apiUrl: blob.url },
    notices: quiet,
  });
});
afterAll(async () => {
  await opened.close();
  await Promise.all([db.end(), blob.close(), temporal.close()]);
});

let ticks = 0;

/** A minute later each time. */
const check = (): Promise<Checked> => {
  ticks += 1;
  const tick = new Date(Date.now() - 3_600_000 + ticks * 60_000).toISOString();
  const { snapshot } = findCheck(catalog, 'check_cleanup_health');
  // How quickly a busy machine answers is no matter of these tests.
  const checks = snapshot.checks.map((each) =>
    'warnAboveMs' in each.with ? { ...each, with: { ...each.with, warnAboveMs: 60_000 } } : each,
  );
  const input = { check: { ...snapshot, checks }, tick, ringAfterSeconds: 60 };
  return new MockActivityEnvironment().run(createCheckHealth(opened.dependencies), input);
};

const alertsOf = async (): Promise<readonly string[]> => {
  const { rows } = await db.query(
    "SELECT firing ->> 'alertType' || ' ' || (labels ->> 'check') AS alert FROM sexton.incident WHERE state = 'open' ORDER BY 1",
  );
  return rows.map(({ alert }) => alert);
};

const onLocks = <T>(work: Parameters<typeof onRedis<T>>[2]): Promise<T> =>
  onRedis(REDIS, { timeoutMs: 5000, signal: new AbortController().signal }, work);

const LOCK = 'lock:cleanup:cleanup_pdfs';

/** The lock of SLA-13's `zombie-lock`. */
const holdLock = (hours: number): Promise<unknown> => {
  const since = new Date(Date.now() - hours * 3_600_000).toISOString();
  return onLocks((redis) =>
    redis.set(LOCK, JSON.stringify({ workflowId: 'gone', firstRunId: 'gone', since, token: 't' })),
  );
};

const INDEX = 'CREATE INDEX idx_meal_plans_pdf_generated_at ON public.meal_plans (pdf_generated_at)';

const statuses = (checks: readonly CheckResult[]): Readonly<Record<string, HealthStatus>> =>
  Object.fromEntries(checks.map(({ name, status }) => [name, status]));

const schemas = schemasOf('sla-monitoring');

describe('check_cleanup_health', () => {
  it('is scheduled every six hours and has exactly the checks of the specification, by both their names (SLA-02, SLA-45, SLA-124)', () => {
    const { schedule, snapshot } = findCheck(catalog, 'check_cleanup_health');
    expect(schedule).toBe('0 */6 * * *');
    expect(snapshot.checks.map(({ name, label, timeoutSeconds }) => [name, label, timeoutSeconds])).toEqual([
      ['database_connectivity', 'Database', 5],
      ['redis_connectivity', 'Redis', 5],
      ['vercel_blob_api', 'Vercel Blob', 5],
      ['index_quiz_responses_created_at', 'Index: idx_quiz_responses_created_at', 5],
      ['index_meal_plans_pdf_generated_at', 'Index: idx_meal_plans_pdf_generated_at', 5],
      ['cron_cleanup_quiz_responses', 'Schedule: cleanup_quiz_responses', 5],
      ['cron_cleanup_pdfs', 'Schedule: cleanup_pdfs', 5],
      ['cron_cleanup_magic_links', 'Schedule: cleanup_magic_links', 5],
      ['cron_cleanup_blacklist', 'Schedule: cleanup_blacklist', 5],
      ['env_var_database_url', 'Variable: DATABASE_URL', 5],
      ['env_var_redis_url', 'Variable: REDIS_URL', 5],
      ['audit_log_table', 'Table: audit_log', 5],
      ['zombie_locks', 'Zombie locks', 5],
    ]);
    expect(snapshot.checks[0]?.with).toEqual({ database: 'app', warnAboveMs: 250 });
    expect(snapshot.checks[1]?.with).toEqual({ warnAboveMs: 100 });
    expect(snapshot.checks[2]?.with).toEqual({ warnAboveMs: 1000 });
    const { locks } = (snapshot.checks.at(-1)?.with ?? {}) as { locks: readonly { maxSeconds: number }[] };
    expect(new Set(locks.map(({ maxSeconds }) => maxSeconds))).toEqual(new Set([7200]));
  });

  it('takes the longest that a lock may be held from its variable, and looks at more variables in production (SLA-46, SLA-120)', () => {
    const production = {
      SEXTON_PROFILE: 'production',
      SENTRY_DSN: 'https://key@sentry.example.org/1',
      BLOB_READ_WRITE_TOKEN: 'vercel_blob_rw_x_y',
      SLA_LOCK_MAX_SECONDS: '600',
    };
    const { snapshot } = findCheck(slaCatalog(production), 'check_cleanup_health');
    const names = snapshot.checks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['env_var_blob_read_write_token', 'env_var_sentry_dsn']));
    const { locks } = (snapshot.checks.at(-1)?.with ?? {}) as {
      locks: readonly { key: string; maxSeconds: number }[];
    };
    expect(locks).toContainEqual({ key: LOCK, job: 'cleanup_pdfs', maxSeconds: 600 });
  });

  it('alerts of exactly what is wrong, and ends as the worked example says (SLA-13, SLA-44, SLA-50)', async () => {
    const healthy = await check();
    expect(statuses(healthy.report.checks)).toEqual(
      Object.fromEntries(healthy.report.checks.map(({ name }) => [name, 'PASS'])),
    );
    expect(schemas.check('health-report', healthy.report)).toBe('sound');
    expect(await alertsOf()).toEqual([]);

    await db.query('DROP INDEX public.idx_meal_plans_pdf_generated_at');
    const missing = await check();
    expect(await alertsOf()).toEqual(['health_check_fail index_meal_plans_pdf_generated_at']);
    expect(missing.handOvers.map(({ incident }) => incident.firing.severityWord)).toEqual(['CRITICAL']);

    await holdLock(2.5);
    const both = await check();
    expect(both.report.status).toBe('FAIL');
    expect(both.report.checks.at(-1)).toMatchObject({ status: 'WARN', locks_found: 1, lock_age_hours: 2.5 });
    expect(both.report.checks[4]).toMatchObject({ status: 'FAIL', error: 'Index not found' });
    expect(await alertsOf()).toEqual([
      'health_check_fail index_meal_plans_pdf_generated_at',
      'health_check_warn zombie_locks',
    ]);

    await db.query(INDEX);
    const zombie = await check();
    expect(zombie.report.status).toBe('WARN');
    expect(await alertsOf()).toEqual(['health_check_warn zombie_locks']);
    for (const { report, handOvers } of [missing, both, zombie]) {
      expect(schemas.check('health-report', report)).toBe('sound');
      for (const { incident } of handOvers) {
        expect(schemas.check('health-alert', incident.firing.payload)).toBe('sound');
        expect(incident.firing.runbook).toBe('https://runbooks.example.org/health-check');
      }
    }

    await onLocks((redis) => redis.del(LOCK));
    expect(await check()).toMatchObject({ report: { status: 'PASS' } });
    expect(await alertsOf()).toEqual([]);
  });

  it('fails where the audit log lost a column, and where a job has no schedule any more (SLA-45)', async () => {
    await db.query(`DROP VIEW public.audit_log; CREATE VIEW public.audit_log AS
      SELECT id::int AS id, actor, action, resource_type, "timestamp" FROM sexton.audit_log`);
    const { temporal: client } = opened.dependencies;
    await client.schedule.getHandle(jobScheduleId('sla-monitoring', 'cleanup_pdfs')).delete();
    await client.schedule.getHandle(jobScheduleId('sla-monitoring', 'cleanup_blacklist')).pause('move');
    const { report } = await check();
    const found = Object.fromEntries(report.checks.map((each) => [each.name, each]));
    expect(found['audit_log_table']).toMatchObject({ status: 'FAIL' });
    expect(found['audit_log_table']?.error?.split('; ').toSorted()).toEqual([
      'column id is integer and not bigint',
      'column metadata is missing',
    ]);
    expect(found['cron_cleanup_pdfs']).toMatchObject({ status: 'FAIL' });
    expect(found['cron_cleanup_blacklist']).toMatchObject({ status: 'WARN', error: 'paused (move)' });
    expect(found['cron_cleanup_magic_links']).toMatchObject({ status: 'PASS' });
  });

  it('never tells, stores or sends the value of a variable (SLA-48)', async () => {
    const checked = await check();
    const { rows } = await db.query(
      `SELECT (SELECT jsonb_agg(to_jsonb(h)) FROM sexton.health_report h)::text || (SELECT jsonb_agg(to_jsonb(r))
         FROM sexton.health_result r)::text || (SELECT jsonb_agg(to_jsonb(i)) FROM sexton.incident i)::text AS everything`,
    );
    const { snapshot } = findCheck(catalog, 'check_cleanup_health');
    const everything = `${rows[0].everything}${JSON.stringify([checked, snapshot])}`;
    for (const address of [catalog.home.url, REDIS]) expect(everything).not.toContain(address);
    expect(everything).not.toContain(blob.token);
  });
});
