import { defineConfig } from 'vitest/config';

/** Whole houses of their own, child processes, servers that are stopped, runs that are met on their way: the minutes. */
const HEAVY = [
  'test/activities/actions/{archive*,blobs-{crashes,deaths,refused,trouble},children-first,http-items,one-shot}.test.ts',
  'test/activities/actions/{orphans*,set-aside-windows,set-aside.property,sql-batches}.test.ts',
  'test/activities/alerts/{hand-over-many,observe-*,whom-to-wake}.test.ts',
  'test/activities/{checks,reports,throttle}/**/*.test.ts',
  'test/activities/slice/{deletes-exactly.property,walks-in-company,walks.property,within-two-batches}.test.ts',
  'test/adapters/{pulse,redis-lock}.test.ts',
  'test/bench/peers.test.ts',
  'test/channels/{email,letters}.test.ts',
  'test/client/!(run-words).test.ts',
  'test/client/watch/*.test.ts',
  'test/docs/commands.test.ts',
  'test/{examples,faults,gateway,journeys,local,scripts,workflows}/**/*.test.ts',
  'test/packs/*/{commands,dashboards,health,scenarios}.test.ts',
  'test/packs/*/reports/*.test.ts',
  'test/packs/draft-cleanup/{job,monitors,tables}.test.ts',
  'test/packs/runbook-commands.test.ts',
  'test/packs/sexton/*.test.ts',
  'test/packs/sla-monitoring/{monitor-door,queue-judged,seed}.test.ts',
  'test/replay/{escalations,secrets}.test.ts',
  'test/worker/{heartbeat,metrics,shutdown}.test.ts',
];

const common = {
  // The SDK's native module crashes when several files share a process' threads.
  pool: 'forks',
  // Files that run one after the other in a process share what they import, which is half of the fast part's time; none
  // mocks a module or leaves anything of its own behind.
  isolate: false,
  setupFiles: 'test/support/quiet-runtime.ts',
  testTimeout: 60_000,
  hookTimeout: 120_000,
} as const;

// One stack for the suite, whichever projects run. Two files at once: the machine that everything must still
// run well on has two cores.
export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      { test: { ...common, name: 'fast', include: ['test/**/*.test.ts'], exclude: HEAVY } },
      { test: { ...common, name: 'heavy', include: HEAVY, exclude: ['test/faults/long/**'] } },
    ],
  },
});
