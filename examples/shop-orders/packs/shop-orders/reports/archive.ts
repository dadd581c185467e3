// How many orders are where: in the shop, due to leave it, in the archive.
import { defineReport } from 'sexton';

export const orderArchive = defineReport({
  name: 'order_archive',
  title: 'Order archive',
  purpose: 'How many orders are in the shop and in the archive, by the year in which they were placed',
  database: 'app',
  sql: `SELECT to_char(placed_at AT TIME ZONE 'UTC', 'YYYY') AS year,
               count(*) FILTER (WHERE NOT archived) AS in_shop,
               count(*) FILTER (WHERE archived) AS in_archive,
               sum(total_cents) / 100.0 AS turnover
        FROM (SELECT placed_at, total_cents, false AS archived FROM shop.orders
              UNION ALL SELECT placed_at, total_cents, true FROM archive.orders) AS o
        GROUP BY 1 ORDER BY 1`,
  columns: [
    { name: 'year', type: 'text' },
    { name: 'in_shop', type: 'count' },
    { name: 'in_archive', type: 'count' },
    { name: 'turnover', type: 'number' },
  ],
  sample: [{ year: '2024', in_shop: 400, in_archive: 1200, turnover: 51200 }],
  hint: 'Orders of old years in the shop: did archive_orders run, or are they not closed?',
  related: ['archive_orders'],
});
