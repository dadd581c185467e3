// Something about the telling wants mending, and can wait for the morning.
import { definePolicy } from '../../../src/index.ts';

export const selfWarning = definePolicy({
  name: 'self-warning',
  tiers: [{ name: 'sexton', after: '0s', notify: ['sexton-alerts'] }],
});
