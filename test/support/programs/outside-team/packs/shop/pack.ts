// What a shop forgets: two databases, a schema and a key of two columns, an environment, a policy, seed data.
import { defineJob, definePack, definePolicy, variable } from 'sexton';
import { base } from './seed.ts';

const watch = definePolicy({
  name: 'shop-watch',
  tiers: [{ name: 'first-notice', after: '0s', notify: ['shop-team'] }],
});

const migrations = (database: string): URL => new URL(`./migrations/${database}`, import.meta.url);

const cleanupSessions = (days: number) =>
  defineJob({
    name: 'cleanup_sessions',
    summary: `Deletes sessions not seen for ${days} days, unless they are pinned`,
    owner: 'shop-team',
    resourceType: 'session',
    schedule: '20 3 * * *',
    budget: '10m',
    steps: [
      {
        name: 'sessions',
        action: 'delete',
        batch: 500,
        selection: {
          database: 'main',
          table: 'shop.session',
          key: ['tenant', 'number'],
          age: { column: 'last_seen_at', olderThan: `${days}d` },
          where: 'NOT pinned',
        },
      },
    ],
  });

const cleanupCarts = defineJob({
  name: 'cleanup_carts',
  summary: 'Deletes carts that were left over a day ago',
  owner: 'shop-team',
  resourceType: 'cart',
  schedule: '50 * * * *',
  budget: '10m',
  steps: [
    {
      name: 'carts',
      action: 'delete',
      batch: 500,
      selection: {
        database: 'carts',
        table: 'cart',
        key: ['id'],
        age: { column: 'left_at', olderThan: '24h' },
      },
    },
  ],
});

export const shop = definePack({
  name: 'shop',
  summary: 'What a shop forgets about its visitors',
  databases: {
    main: { url: 'SHOP_DATABASE_URL', migrations: migrations('main') },
    carts: { url: 'CARTS_DATABASE_URL', migrations: migrations('carts') },
  },
  env: { SESSION_DAYS: variable.number({ atLeast: 1, whole: true }).default(30) },
  build: ({ SESSION_DAYS }) => ({
    jobs: [cleanupSessions(SESSION_DAYS), cleanupCarts],
    policies: [watch],
    routes: { warning: watch.name, high: watch.name, critical: watch.name },
  }),
  seed: { scenarios: { base } },
});
