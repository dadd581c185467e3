// The shop as in `base`, and 150 orders that were paid four days ago and never sent.
import type { Scenario } from 'sexton';
import { base } from './base.ts';

export const stuck: Scenario = async (tools) => {
  const filled = await base(tools);
  await tools.database('app').query(
    `INSERT INTO shop.orders (id, customer_id, status, placed_at, total_cents)
     SELECT 100000 + n, 1 + n % 100, 'paid', $1::timestamptz - interval '4 days', 2000 FROM generate_series(1, 150) AS n`,
    [tools.now.toISOString()],
  );
  return filled.map((each) => (each.table === 'shop.orders' ? { ...each, rows: each.rows + 150 } : each));
};
