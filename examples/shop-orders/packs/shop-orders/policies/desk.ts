// Who hears of the shop: the team at once, its lead after a quarter of an hour.
import { definePolicy } from 'sexton';

export const desk = definePolicy({
  name: 'shop-desk',
  tiers: [
    { name: 'team', after: '0s', notify: ['shop-team'] },
    { name: 'lead', after: '15m', notify: ['shop-lead'] },
  ],
});
