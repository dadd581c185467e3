// The order archive of a web shop: two years of orders in the shop, the rest in the archive; a year of events.
import { definePack } from 'sexton';
import { shopHealth } from './checks/shop-health.ts';
import { env } from './env.ts';
import { jobs } from './jobs/index.ts';
import { stuckOrders } from './monitors/stuck-orders.ts';
import { desk } from './policies/desk.ts';
import { orderArchive } from './reports/archive.ts';
import { base } from './seed/base.ts';
import { stuck } from './seed/stuck.ts';

export const shopOrders = definePack({
  name: 'shop-orders',
  summary: 'The order archive of a web shop',
  databases: { app: { url: 'DATABASE_URL', migrations: new URL('./migrations', import.meta.url) } },
  env,
  runbooks: new URL('./runbooks', import.meta.url),
  build: (values) => ({
    jobs: jobs(values),
    monitors: [stuckOrders],
    checks: [shopHealth],
    reports: [orderArchive],
    policies: [desk],
    routes: { warning: desk.name, high: desk.name, critical: desk.name },
  }),
  seed: { scenarios: { base, stuck } },
});
