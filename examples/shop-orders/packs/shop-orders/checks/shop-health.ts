// What the shop's jobs need: their database, its tables and index, the locks, and that they are scheduled.
import { defineHealthCheck } from 'sexton';

export const shopHealth = defineHealthCheck({
  name: 'shop_health',
  summary: 'What the order archive depends on',
  owner: 'shop-team',
  schedule: '0 6 * * *',
  checks: {
    database: { kind: 'postgres', database: 'app' },
    redis: { kind: 'redis' },
    age_index: { kind: 'index', database: 'app', index: 'shop.orders_closed_at' },
    events: {
      kind: 'table-shape',
      database: 'app',
      table: 'shop.events',
      columns: { id: 'bigint', kind: 'text', created_at: 'timestamptz' },
    },
    rotation: { kind: 'schedule', of: 'rotate_events' },
    default_month: {
      kind: 'measure',
      label: 'Events without a month',
      measure: { kind: 'sql', database: 'app', sql: 'SELECT count(*) AS value FROM shop.events_default' },
      warn: { above: 0 },
    },
  },
});
