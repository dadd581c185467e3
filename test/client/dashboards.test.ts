// `sexton dashboard` and `sexton grafana`: one command switches a dashboard on, one writes all files.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { listDashboards, setDashboard } from '../../src/client/commands/dashboard.ts';
import { exportRulesTo, renderGrafana } from '../../src/client/commands/grafana.ts';
import { migrateAll } from '../../src/client/sync/migrations.ts';
import { withPool } from '../../src/client/with-pool.ts';
import { draftCatalog } from '../support/packs/draft-pack.ts';
import { freshDatabase } from '../support/stack.ts';

let catalog: Catalog;
let folder: string;
beforeAll(async () => {
  const url = await freshDatabase('dashboards');
  catalog = { ...draftCatalog(), home: { url } };
  await migrateAll({ home: { url }, databases: [] });
  folder = mkdtempSync(join(tmpdir(), 'sexton-grafana-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const terminal = () => {
  const said = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({ write: (text: string) => ((said[name] += text), true) });
  return { said, context: { load: async () => catalog, out: stream('out'), err: stream('err') } };
};

describe('sexton dashboard', () => {
  it('switches one on and off again, says who did, and changes nothing a second time (DRAFT-82)', async () => {
    const { said, context } = terminal();
    expect(await setDashboard(context, { name: 'production', isOn: true }, { by: 'ann' })).toBe(0);
    expect(await setDashboard(context, { name: 'production', isOn: true }, { by: 'bob' })).toBe(0);
    expect(said.out.split('\n')).toEqual([
      'draft-cleanup/dashboard/production is on: the gateway serves it at /dashboards/draft-cleanup/production',
      'draft-cleanup/dashboard/production was already on: the gateway serves it at /dashboards/draft-cleanup/production',
      '',
    ]);
    const json = terminal();
    await listDashboards(json.context, { json: true });
    const { dashboards } = JSON.parse(json.said.out);
    expect(
      dashboards.map(({ id, isOn, switchedBy, panels }: Record<string, unknown>) => [
        id,
        isOn,
        switchedBy,
        panels,
      ]),
    ).toEqual([
      ['draft-cleanup/dashboard/minimal', false, null, 3],
      ['draft-cleanup/dashboard/production', true, 'ann', 12],
    ]);
    await setDashboard(context, { name: 'production', isOn: false }, { by: 'bob' });
    expect(said.out).toContain('draft-cleanup/dashboard/production is off');
  });

  it('lists how often people opened each, for people as for programs (DRAFT-82)', async () => {
    const { said, context } = terminal();
    expect(await listDashboards(context, {})).toBe(0);
    expect(said.out).toContain('draft-cleanup/dashboard/minimal');
    expect(said.out).toContain('0 of 30');
    // Opened three times today and twice a week ago; what is older than thirty days is not counted.
    await withPool(catalog.home.url, (home) =>
      home.query(
        `INSERT INTO sexton.dashboard_view (pack, name, day, views)
         SELECT 'draft-cleanup', 'minimal', (sexton.now() AT TIME ZONE 'UTC')::date - ago, views
         FROM (VALUES (0, 3), (7, 2), (30, 9)) v(ago, views)`,
      ),
    );
    const json = terminal();
    await listDashboards(json.context, { json: true });
    const { dashboards } = JSON.parse(json.said.out);
    expect(dashboards).toMatchObject([
      { id: 'draft-cleanup/dashboard/minimal', daysOpened: 2, views: 5 },
      { id: 'draft-cleanup/dashboard/production', daysOpened: 0, views: 0 },
    ]);
    const opened = terminal();
    await listDashboards(opened.context, {});
    expect(opened.said.out).toContain('2 of 30');
  });
});

describe('sexton grafana', () => {
  it('writes every dashboard and both rule files below a folder that it makes (DRAFT-82, DRAFT-67)', async () => {
    const { said, context } = terminal();
    expect(await renderGrafana(context, { out: join(folder, 'new') })).toBe(0);
    expect(readdirSync(join(folder, 'new/grafana/dashboards')).toSorted()).toEqual([
      'draft-cleanup-minimal.json',
      'draft-cleanup-production.json',
    ]);
    expect(
      JSON.parse(readFileSync(join(folder, 'new/grafana/dashboards/draft-cleanup-minimal.json'), 'utf8'))
        .title,
    ).toBe('Drafts: minimal');
    expect(said.out.trim().split('\n')).toHaveLength(4);
  });

  it('prints rules of one pack, names on stderr what cannot be said, and knows its packs', async () => {
    const { said, context } = terminal();
    expect(await exportRulesTo(context, { format: 'prometheus', pack: 'draft-cleanup' })).toBe(0);
    expect(said.out).toContain('alert: draft_pollution_high');
    expect(said.err).toBe('');
    expect(await exportRulesTo(context, { format: 'grafana', pack: 'drafts' })).toBe(2);
    expect(said.err).toContain('no pack drafts; there are: draft-cleanup');
  });
});
