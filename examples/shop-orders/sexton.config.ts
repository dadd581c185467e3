// The configuration of a team that keeps its own repository: one pack, and who is told.
import { defineConfig } from 'sexton';
import { shopOrders } from './packs/shop-orders/pack.ts';

export default defineConfig({
  packs: [shopOrders],
  roles: { 'shop-team': ['log'], 'shop-lead': ['log'] },
});
