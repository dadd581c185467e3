// People are not told of what fires: whoever looks after Sexton first, then whoever would have been told.
import { definePolicy } from '../../../src/index.ts';

export const selfCritical = definePolicy({
  name: 'self-critical',
  tiers: [
    { name: 'sexton', after: '0s', notify: ['sexton-alerts'] },
    { name: 'on-call', after: '10m', notify: ['sexton-alerts', 'on-call'], repeat: { every: '30m' } },
  ],
});
