// 2,000 orders of 100 customers, one a day back in time but closed in pairs, each with two lines and a shipment a line;
// 36,000 events over 18 months.
import type { Scenario } from 'sexton';

export const base: Scenario = async ({ database, now }) => {
  const app = database('app');
  const at = [now.toISOString()];
  await app.query('TRUNCATE shop.shipment, shop.order_line, shop.orders, shop.customer, shop.events');
  await app.query('TRUNCATE archive.orders, archive.order_line, shop.dropped_month');
  await app.query(
    `INSERT INTO shop.customer (id, email, created_at)
     SELECT n, 'customer-' || n || '@example.org', $1::timestamptz - interval '5 years' FROM generate_series(1, 100) AS n`,
    at,
  );
  // Half a day apart; the newest 20 are open, and of the older ones every tenth never was closed.
  await app.query(
    `INSERT INTO shop.orders (id, customer_id, status, placed_at, closed_at, total_cents)
     SELECT n, 1 + n % 100,
       CASE WHEN n <= 20 THEN 'open' WHEN n % 10 = 0 THEN 'shipped' ELSE 'closed' END,
       $1::timestamptz - n * interval '12 hours' - interval '7 days',
       CASE WHEN n > 20 AND n % 10 <> 0 THEN $1::timestamptz - n * interval '12 hours' - interval '1 minute' END,
       1000 + n
     FROM generate_series(1, 2000) AS n`,
    at,
  );
  await app.query(
    `INSERT INTO shop.order_line (order_id, line, article, pieces)
     SELECT o.id, l, 'article-' || (o.id + l) % 17, l FROM shop.orders AS o, generate_series(1, 2) AS l`,
  );
  await app.query(
    `INSERT INTO shop.shipment (id, order_id, line, warehouse, sent_at)
     SELECT row_number() OVER (ORDER BY l.order_id, l.line), l.order_id, l.line, 'north', o.placed_at + interval '1 day'
     FROM shop.order_line AS l JOIN shop.orders AS o ON o.id = l.order_id WHERE o.status <> 'open'`,
  );
  await app.query(
    `SELECT shop.make_events_month(m) FROM generate_series($1::timestamptz - interval '19 months', $1::timestamptz, interval '1 month') AS m`,
    at,
  );
  // 2,000 a month of 30 days; every second a page view, the others orders.
  await app.query(
    `INSERT INTO shop.events (id, kind, created_at)
     SELECT n, CASE WHEN n % 2 = 0 THEN 'page_view' ELSE 'order' END,
       $1::timestamptz - n * interval '21 minutes 36 seconds' - interval '1 minute'
     FROM generate_series(0, 35999) AS n`,
    at,
  );
  return [
    { table: 'shop.shipment', rows: 3_960, eligible: 972 },
    { table: 'shop.order_line', rows: 4_000, eligible: 972 },
    { table: 'shop.orders', rows: 2_000, eligible: 486 },
    { table: 'shop.events', rows: 36_000, eligible: 15_000 },
  ];
};
