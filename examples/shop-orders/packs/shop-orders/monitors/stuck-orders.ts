// Orders that were paid and are not sent: a warehouse that stands still shows here first.
import { defineMonitor } from 'sexton';

export const stuckOrders = defineMonitor({
  name: 'stuck_orders',
  summary: 'Paid orders that no warehouse has sent for three days',
  owner: 'shop-team',
  schedule: '*/5 * * * *',
  runbook: 'stuck-orders',
  measures: {
    stuck: {
      kind: 'sql',
      database: 'app',
      sql: `SELECT count(*) AS value FROM shop.orders
            WHERE status = 'paid' AND placed_at < sexton.now() - interval '3 days'`,
    },
  },
  rules: [
    {
      name: 'stuck_orders',
      summary: '{value} paid orders are waiting for over three days (limit {limit})',
      bands: [
        {
          severity: 'warning',
          alertType: 'orders_waiting',
          when: { measure: 'stuck', above: 20 },
          action: 'Ask the warehouse whether its scanner is connected.',
        },
        {
          severity: 'high',
          alertType: 'orders_stuck',
          when: { measure: 'stuck', above: 100 },
          action: 'Stop taking express orders, then ask the warehouse.',
        },
      ],
    },
  ],
});
