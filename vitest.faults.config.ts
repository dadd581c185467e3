// `npm run test:faults`: the long runs, and the property tests with more cases than the suite has time for.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/quiet-runtime.ts'],
    include: [
      'test/faults/long/**/*.test.ts',
      'test/activities/slice/deletes-exactly.property.test.ts',
      'test/activities/slice/walks.property.test.ts',
    ],
    env: { SEXTON_PROPERTY_RUNS: '300' },
    pool: 'forks',
    // One after the other: what is measured is the run, not the machine.
    maxWorkers: 1,
    fileParallelism: false,
    disableConsoleIntercept: true,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
  },
});
