// What an operator does with a monitor: applies it, pauses its schedule, and evaluates it now.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog, CatalogMonitor } from '../../src/catalog/catalog.ts';
import { registerRun } from '../../src/client/commands/run.ts';
import { registerSchedule } from '../../src/client/commands/schedule.ts';
import { applyDifferences, findDifferences } from '../../src/client/sync/sync.ts';
import { monitorId, monitorScheduleId } from '../../src/domain/ids.ts';
import type { MonitorSnapshot } from '../../src/domain/monitors/monitor.ts';
import { aMonitor, depthRule, sqlMeasure } from '../support/monitors/a-monitor.ts';
import { type Desk, openDesk } from '../support/programs/desk.ts';
import { type } from '../support/programs/typing.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk([]);
  await desk.db.query('CREATE TABLE public.depth (queue text PRIMARY KEY, depth int)');
  await desk.db.query("INSERT INTO public.depth VALUES ('mail', 5), ('paint', 12)");
});
afterAll(() => desk.close());

const declared = (change: Partial<MonitorSnapshot> = {}): { monitor: CatalogMonitor; catalog: Catalog } => {
  const snapshot = aMonitor(change);
  const { pack, name } = snapshot;
  const monitor = { id: monitorId(pack, name), pack, name, schedule: '*/10 * * * *', snapshot };
  return { monitor, catalog: { ...desk.catalog, monitors: [monitor] } };
};

const sexton = (catalog: Catalog, ...args: string[]) =>
  type([registerRun, registerSchedule], { catalog, client: desk.bell.client }, args);

describe('`plan` and `apply`', () => {
  it('make the schedule of a monitor once, keep a pause, and delete it when it is retired', async () => {
    const { monitor, catalog } = declared();
    const input = { catalog, client: desk.bell.client, only: ['schedule'] as const };
    const id = monitorScheduleId(monitor.pack, monitor.name);
    const made = await applyDifferences(input);
    expect(made).toContainEqual({ kind: 'schedule', name: id, action: 'create' });
    expect(await applyDifferences(input)).toEqual([]);

    const paused = await sexton(
      catalog,
      'schedule',
      'pause',
      monitor.name,
      '--by',
      'ana',
      '--reason',
      'move',
    );
    expect(paused).toMatchObject({ code: 0, stdout: expect.stringContaining(`${id}: paused by ana: move`) });
    const quicker = { ...monitor, schedule: '*/5 * * * *' };
    const changed = { ...input, catalog: { ...catalog, monitors: [quicker] } };
    expect(await applyDifferences(changed)).toMatchObject([{ name: id, action: 'update' }]);
    const { state } = await desk.bell.client.schedule.getHandle(id).describe();
    expect(state).toMatchObject({ paused: true, note: 'paused by ana: move' });
    const listed = await sexton(catalog, 'schedule', 'list', '--json');
    expect(JSON.parse(listed.stdout).schedules).toContainEqual(
      expect.objectContaining({ id, cron: '*/10 * * * *', paused: true, nextAt: null }),
    );
    expect((await sexton(catalog, 'schedule', 'resume', monitor.id)).code).toBe(0);

    const without = { ...input, catalog: desk.catalog };
    expect(await findDifferences(without)).toContainEqual(
      expect.objectContaining({ name: id, action: 'delete', note: 'no longer declared; open runs finish' }),
    );
    await applyDifferences(without);
    await expect(desk.bell.client.schedule.getHandle(id).describe()).rejects.toThrow();
  });
});

describe('`sexton run` of a monitor', () => {
  it('evaluates it now and shows what was measured, what fires and which incident that is (SLA-99)', async () => {
    const { monitor, catalog } = declared();
    const { code, stdout } = await sexton(catalog, 'run', monitor.name);
    expect(code).toBe(1);
    expect(stdout).toMatch(/depth +│ queue=mail +│ 5 /);
    expect(stdout).toMatch(/depth +│ queue=paint +│ 12 /);
    expect(stdout).toMatch(/fires +│ 2 +│ 1 +│ 0 /);
    expect(stdout).toMatch(/queue=paint: firing: depth is 12\nincidents: \d+\n$/);
  });

  it('is a yes where nothing fires, and one object with --json', async () => {
    const { monitor, catalog } = declared({ rules: [depthRule(100)] });
    const { code, stdout } = await sexton(catalog, 'run', monitor.id, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      workflowId: expect.stringMatching(`^monitor/test-pack/${monitor.name}/`),
      series: 2,
      firing: 0,
      samples: [
        { measure: 'depth', labels: { queue: 'mail' }, state: 'ok', value: 5 },
        { measure: 'depth', labels: { queue: 'paint' }, state: 'ok', value: 12 },
      ],
      alerts: [],
    });
  });

  it('could not find out where a measure failed, and says which and why', async () => {
    const { monitor, catalog } = declared({ measures: { depth: sqlMeasure('SELECT 1 / 0 AS value') } });
    const { code, stdout } = await sexton(catalog, 'run', monitor.name);
    expect(code).toBe(3);
    expect(stdout).toContain('depth failed: SQL_22012: division by zero');
  });

  it('refuses what only a job can do', async () => {
    const { monitor, catalog } = declared();
    expect(await sexton(catalog, 'run', monitor.name, '--dry-run')).toEqual({
      code: 2,
      stdout: '',
      stderr: '--dry-run is for jobs; a monitor is evaluated once, and told of\n',
    });
  });
});
