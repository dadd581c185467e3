// Ten minutes and more over a million rows, with fifty workers killed. A house of its own; `npm run test:faults` alone runs
// it. SEXTON_FAULTS_SEED repeats its instants, SEXTON_FAULTS_REPORT names a file for its figures.
import { expect, inject, it } from 'vitest';
import { chaos } from '../support/chaos.ts';
import { expectExact } from '../support/expect-exact.ts';

const MINUTE = 60_000;

it(
  'a run over 1,000,000 rows, paced to ten minutes, with 50 workers killed and every server restarted thrice deletes exactly what was due and tells it all',
  async () => {
    const report = await chaos({
      rows: 1_000_000,
      rowsPerSecond: 1_600,
      faults: {
        SIGKILL: 50,
        'Redis emptied': 3,
        'Postgres restarted': 3,
        'Temporal restarted': 3,
        'worker stopped': 3,
        'new release': 1,
        pause: 3,
      },
      workers: 3,
      settings: { sliceSeconds: 4, heartbeatSeconds: 4, leaseSeconds: 15, backoffSeconds: [5, 10, 20, 40] },
      bundlePath: inject('bundlePath'),
    });
    expect(report.seconds).toBeGreaterThan(600);
    expectExact(report);
  },
  60 * MINUTE,
);
