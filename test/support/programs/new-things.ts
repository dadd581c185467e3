// What tests of `npm run new` have it write: one of each kind, and the table that one of the jobs finds.

/** One of each kind; jobs in a pack of constants and in one whose jobs are functions of its environment. */
export const THINGS = [
  ['pack', 'shop'],
  ['job', 'cleanup_sessions', '--pack', 'shop', '--column', 'last_seen_at', '--older-than', '7d'],
  ['job', 'sweep-carts', '--pack', 'shop'],
  ['job', 'clear_orders', '--pack', 'shop'],
  ['job', 'purge_sessions', '--pack', 'sla-monitoring', '--table', 'user_sessions'],
  ['policy', 'wake-the-shop', '--pack', 'shop'],
  ['monitor', 'stuck-locks', '--pack', 'shop'],
  ['monitor', 'late_orders', '--pack', 'shop'],
  ['check', 'shop-health', '--pack', 'shop'],
  ['runbook', 'carts-pile-up', '--pack', 'shop'],
  ['runbook', 'orders_stuck', '--pack', 'shop'],
  ['report', 'done_lately', '--pack', 'shop'],
  ['report', 'more_lately', '--pack', 'sla-monitoring'],
  ['dashboard', 'shop-floor', '--pack', 'shop'],
  ['checklist', 'opening', '--pack', 'shop'],
  ['command', 'last_done', '--pack', 'shop'],
  ['scenario', 'base', '--pack', 'shop', '--job', 'cleanup_sessions'],
  ['migration', 'vouchers', '--pack', 'shop'],
  ['migration', 'vouchers', '--engine', 'target'],
  ['command', 'due'],
  ['adr', 'jobs-may-rest'],
] as const;

/** A table as people write them: without an index for its age, and with columns that must be filled. */
export const ORDERS = `-- Up Migration
CREATE TABLE IF NOT EXISTS public.orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), -- ours, not the payer's
  email text NOT NULL UNIQUE,
  price numeric(10, 2) NOT NULL,
  placed_at timestamptz NOT NULL
);`;
