// 6,000 sessions, one an hour back in time: of the 5,280 that are older than 30 days every tenth is pinned. 100
// carts, left a day and a minute ago.
import type { Scenario } from 'sexton';

export const base: Scenario = async ({ database, now }) => {
  const [main, carts] = [database('main'), database('carts')];
  await main.query('TRUNCATE shop.session');
  await main.query(
    `INSERT INTO shop.session (tenant, number, last_seen_at, pinned)
     SELECT n % 7, n, $1::timestamptz - n * interval '1 hour' - interval '1 minute', n % 10 = 0
     FROM generate_series(0, 5999) AS n`,
    [now.toISOString()],
  );
  await carts.query('TRUNCATE cart');
  await carts.query(
    `INSERT INTO cart (left_at) SELECT $1::timestamptz - interval '24 hours 1 minute' FROM generate_series(1, 100)`,
    [now.toISOString()],
  );
  return [
    { table: 'shop.session', rows: 6_000, eligible: 4_752 },
    { table: 'cart', rows: 100, eligible: 100 },
  ];
};
