// What an operator does with a health check: applies it, runs it, and reads how things stand, by exit code too.
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog, CatalogCheck } from '../../src/catalog/catalog.ts';
import { registerHealth } from '../../src/client/commands/health.ts';
import { registerRun } from '../../src/client/commands/run.ts';
import { registerSchedule } from '../../src/client/commands/schedule.ts';
import { applyDifferences } from '../../src/client/sync/sync.ts';
import type { HealthSnapshot } from '../../src/domain/health/health.ts';
import { checkId, checkScheduleId } from '../../src/domain/ids.ts';
import { aCheck, aHealthCheck } from '../support/monitors/a-health-check.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { type } from '../support/programs/typing.ts';
import { freshNamespace, unique } from '../support/stack.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([]);
});
afterAll(() => desk.close());

const declared = (change: Partial<HealthSnapshot> = {}): CatalogCheck => {
  const snapshot = aHealthCheck({ name: unique('health'), ...change });
  const { pack, name } = snapshot;
  return { id: checkId(pack, name), pack, name, schedule: '0 */6 * * *', snapshot };
};

const sexton = (checks: readonly CatalogCheck[], ...args: string[]) => {
  const catalog: Catalog = { ...desk.catalog, checks };
  return type([registerHealth, registerRun, registerSchedule], { catalog, client: desk.bell.client }, args);
};

const index = (name: string) =>
  aCheck({
    name: `index_${name}`,
    label: `Index: idx_${name}`,
    kind: 'index',
    with: { database: 'app', index: name },
  });

const own = (name: string): Pick<HealthSnapshot, 'alerts'> => {
  const alerts = aHealthCheck().alerts as NonNullable<HealthSnapshot['alerts']>;
  return { alerts: { ...alerts, rule: { ...alerts.rule, name: unique(name), routes: {} } } };
};

describe('`plan` and `apply`', () => {
  it('make the schedule of a health check once, and `schedule` acts on it', async () => {
    const check = declared();
    const input = {
      catalog: { ...desk.catalog, checks: [check] },
      client: desk.bell.client,
      only: ['schedule'] as const,
    };
    const id = checkScheduleId(check.pack, check.name);
    expect(await applyDifferences(input)).toContainEqual({ kind: 'schedule', name: id, action: 'create' });
    expect(await applyDifferences(input)).toEqual([]);
    const paused = await sexton([check], 'schedule', 'pause', check.name, '--by', 'ana', '--reason', 'move');
    expect(paused.stdout).toContain(`${id}: paused by ana: move`);
    const listed = await sexton([check], 'schedule', 'list', '--json');
    expect(JSON.parse(listed.stdout).schedules).toContainEqual(
      expect.objectContaining({ id, cron: '0 */6 * * *', paused: true }),
    );
    const changed = { ...check, snapshot: { ...check.snapshot, checks: [index('later')] } };
    const again = await applyDifferences({ ...input, catalog: { ...desk.catalog, checks: [changed] } });
    expect(again).toMatchObject([{ name: id, action: 'update' }]);
    await desk.bell.client.schedule.getHandle(id).delete();
  });
});

describe('`sexton health`', () => {
  it('prints a line a check and the overall status, and exits with 0, 1 or 2 (SLA-49, SLA-99)', async () => {
    const slow = aCheck({ name: 'slow', label: 'Slow', with: { database: 'app', warnAboveMs: 0.000_001 } });
    const healthy = declared();
    const warned = declared({ checks: [aCheck(), slow], ...own('warned') });
    const broken = declared({ checks: [slow, index('nowhere')], ...own('broken') });
    const pass = await sexton([healthy], 'health', healthy.name);
    expect(pass).toMatchObject({ code: 0, stderr: '' });
    expect(pass.stdout).toMatch(/^✓ Database: app {2}PASS +\d+ ms\nOverall: PASS\n$/);
    const warn = await sexton([healthy, warned], 'health', warned.id);
    expect(warn.code).toBe(1);
    expect(warn.stdout).toMatch(/! Slow +WARN +\d+ ms\nincidents: \d+\nOverall: WARN\n$/);
    const fail = await sexton([broken], 'run', broken.name);
    expect(fail.code).toBe(2);
    expect(fail.stdout).toMatch(
      /✗ Index: idx_nowhere {2}FAIL +Index not found\nincidents: [\d, ]+\nOverall: FAIL\n$/,
    );
  });

  it('prints the report as it is told elsewhere as JSON, and all health checks where none is named (SLA-80)', async () => {
    const [one, two] = [declared(), declared({ checks: [index('nowhere')], ...own('two') })];
    const alone = await sexton([one], 'health', '--json');
    expect(JSON.parse(alone.stdout)).toEqual({
      status: 'PASS',
      checks: [{ name: 'database_connectivity', status: 'PASS', latency_ms: expect.any(Number) }],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      health_check: one.id,
      workflowId: expect.stringContaining(`health-check/test-pack/${one.name}/`),
      tick: expect.any(String),
      incidents: [],
    });
    const both = await sexton([one, two], 'health');
    expect(both.code).toBe(2);
    expect(both.stdout).toContain(`${one.id}\n✓`);
    expect(both.stdout).toMatch(/Overall: FAIL\n$/);
    const json = await sexton([one, two], 'health', '--json');
    expect(JSON.parse(json.stdout).health_checks).toHaveLength(2);
  });

  it('exits with 3 where nobody answers, because no worker runs', async () => {
    const client = new (desk.bell.client.constructor as typeof Client)({
      connection: desk.bell.client.connection,
      namespace: await freshNamespace(desk.bell.client),
    });
    const check = declared({ checks: [aCheck({ timeoutSeconds: 0.2 })] });
    const impatient: typeof registerHealth = (program, context) => registerHealth(program, context, 0.2);
    const catalog: Catalog = { ...desk.catalog, checks: [check] };
    const { code, stdout } = await type([impatient], { catalog, client }, ['health', check.name]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/was not answered in time; perhaps no worker runs\n$/);
  });

  it('says so where nobody declares one, where it is unknown, and where an option is for jobs', async () => {
    const check = declared();
    expect(await sexton([], 'health')).toMatchObject({
      code: 3,
      stderr: 'no pack declares a health check\n',
    });
    const unknown = await sexton([check], 'health', 'helth');
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('no health check helth') });
    const dry = await sexton([check], 'run', check.name, '--dry-run');
    expect(dry).toMatchObject({ code: 2, stderr: expect.stringContaining('--dry-run is for jobs') });
  });
});
