// The file of a new dashboard, and its test on a real database. Runs and alerts are there in every pack.
import { identifier, titled } from '../names.ts';

export interface DashboardDraft {
  readonly pack: string;
  readonly name: string;
}

export const dashboardText = ({ name }: DashboardDraft): string => `\
// ${titled(name)}: what runs did and what people were told. \`npx sexton grafana render\` writes it for Grafana.
import { defineDashboard } from '../../../src/index.ts';

export const ${identifier(name)} = defineDashboard({
  name: '${name}',
  title: '${titled(name)}',
  summary: 'Runs of a week by day, and alerts of a day',
  refresh: '5m',
  range: '7d',
  rows: [
    {
      title: 'Lately',
      // A panel of your own asks a report or a metric of the pack: \`source: { report: 'NAME', x: …, y: … }\`.
      panels: [
        {
          title: 'Runs by day',
          visual: 'bars',
          source: { runs: 'by-day', within: '7d', y: ['runs', 'failed'] },
          unit: 'count',
          decimals: 0,
        },
        { title: 'Alerts', visual: 'table', source: { alerts: 'history', within: '24h' } },
      ],
    },
  ],
});
`;

export const dashboardTest = ({ pack, name }: DashboardDraft): string => `\
// What ${name} promises: its panels, each of which asks something that runs.
import { expect, it } from 'vitest';
import { findDashboard } from '../../../src/catalog/catalog.ts';
import { migrateAll } from '../../../src/client/sync/migrations.ts';
import { loadCatalog } from '../../../src/config/load-catalog.ts';
import { grafanaDashboard } from '../../../src/grafana/dashboard.ts';
import { groundOf } from '../../../src/grafana/ground.ts';
import { askPanels } from '../../support/packs/dashboards.ts';
import { freshDatabase, redisUrl } from '../../support/stack.ts';

const ID = '${pack}/dashboard/${name}';

it('${name} shows runs by day and alerts, a panel each, and each asks something that runs', async () => {
  const url = await freshDatabase('dashboard');
  const catalog = await loadCatalog({ env: { DATABASE_URL: url, REDIS_URL: redisUrl() } });
  await migrateAll(catalog);
  const now = new Date().toISOString();
  expect(Object.keys(await askPanels({ catalog, url, now }, ID, []))).toEqual(['Runs by day', 'Alerts']);
  const found = findDashboard(catalog, ID);
  const drawn = grafanaDashboard(found, groundOf(catalog, found)).panels ?? [];
  expect(drawn.map(({ type }) => type)).toEqual(['row', 'barchart', 'table']);
});
`;
