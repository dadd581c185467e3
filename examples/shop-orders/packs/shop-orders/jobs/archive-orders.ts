// Orders that were closed two years ago leave the shop: shipments go, lines and orders move to the archive. Children first.
import { defineJob, type SelectionDefinition } from 'sexton';

const closedFor = (days: number): SelectionDefinition['age'] => ({
  column: 'closed_at',
  olderThan: `${days}d`,
  of: { table: 'shop.orders', key: ['id'], by: ['order_id'] },
});

export const archiveOrders = (days: number) =>
  defineJob({
    name: 'archive_orders',
    summary: `Moves orders that were closed over ${days} days ago to the archive`,
    owner: 'shop-team',
    resourceType: 'order',
    schedule: '10 2 * * *',
    budget: '30m',
    steps: [
      {
        name: 'shipments',
        action: 'delete',
        batch: 500,
        selection: { database: 'app', table: 'shop.shipment', key: ['id'], age: closedFor(days) },
      },
      {
        name: 'lines',
        action: 'archive',
        batch: 500,
        archive: { table: 'archive.order_line', archivedAt: 'archived_at' },
        selection: {
          database: 'app',
          table: 'shop.order_line',
          key: ['order_id', 'line'],
          age: closedFor(days),
        },
      },
      {
        name: 'orders',
        action: 'archive',
        batch: 500,
        archive: { table: 'archive.orders', archivedAt: 'archived_at' },
        selection: {
          database: 'app',
          table: 'shop.orders',
          key: ['id'],
          age: { column: 'closed_at', olderThan: `${days}d` },
        },
      },
    ],
  });
