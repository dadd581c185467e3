// The example as it lies in the checkout, where nothing is installed beside it. That it runs is proved where it is installed:
// test/local/an-outside-team-adopts-sexton.test.ts.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { loadConfigFile } from '../../src/catalog/load.ts';
import { assembleCatalog } from '../../src/config/load-catalog.ts';

const CONFIG = fileURLToPath(new URL('../../examples/shop-orders/sexton.config.ts', import.meta.url));

it('an example that imports `sexton` is read by the Sexton of its checkout, and has no fault', async () => {
  const config = await loadConfigFile(CONFIG);
  expect(config.faults).toEqual([]);
  const catalog = assembleCatalog(config, { DATABASE_URL: 'postgres://db/shop', REDIS_URL: 'redis://cache' });
  const [archive] = catalog.jobs;
  expect(catalog.jobs.map(({ name }) => name)).toEqual([
    'archive_orders',
    'cleanup_page_views',
    'rotate_events',
  ]);
  expect(archive?.snapshot.steps.map(({ name }) => name)).toEqual(['shipments', 'lines', 'orders']);
});
