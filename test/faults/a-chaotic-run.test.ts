// Everything that a run stands on is taken away while it works and others work on its rows; `npm run test:faults` does the
// same for a quarter of an hour over a million rows.
import { inject, it } from 'vitest';
import { chaos } from './support/chaos.ts';
import { expectExact } from './support/expect-exact.ts';

it('a run whose workers are killed and stopped, whose servers restart and whose code is replaced deletes exactly what was due and tells it all', async () => {
  const report = await chaos({
    rows: 16_000,
    rowsPerSecond: 600,
    faults: {
      SIGKILL: 2,
      'Redis emptied': 1,
      'Postgres restarted': 1,
      'Temporal restarted': 1,
      'worker stopped': 1,
      'new release': 1,
      pause: 1,
    },
    workers: 2,
    settings: { sliceSeconds: 4, heartbeatSeconds: 3, leaseSeconds: 8, backoffSeconds: [1, 2, 4, 8] },
    bundlePath: inject('bundlePath'),
  });
  expectExact(report);
}, 240_000);
