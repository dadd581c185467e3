import { defineConfig } from 'vitest/config';

// `forks`: the SDK's native module crashes when several files share a process' threads.
// Two files at once: the machine that everything must still run well on has two cores.
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
