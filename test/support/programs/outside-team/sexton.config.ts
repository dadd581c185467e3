// What a team outside Sexton's repository runs: two packs of its own, no bundled one.
import { defineConfig } from 'sexton';
import { newsletter } from './packs/newsletter/pack.ts';
import { shop } from './packs/shop/pack.ts';

export default defineConfig({
  packs: [shop, newsletter],
  roles: { 'shop-team': ['log'] },
});
