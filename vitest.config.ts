import { defineConfig } from 'vitest/config';

/** Whole houses of their own, child processes, servers that are stopped, runs that are met on their way: the minutes. */
const HEAVY = [
  'test/client/!(run-words).test.ts',
  'test/client/watch/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/journeys/**/*.test.ts',
  'test/local/**/*.test.ts',
  'test/scripts/**/*.test.ts',
  'test/workflows/**/*.test.ts',
  'test/activities/archive*.test.ts',
  'test/activities/checks/**/*.test.ts',
  'test/activities/blobs-{crashes,deaths,refused,trouble}.test.ts',
  'test/activities/children-first.test.ts',
  'test/activities/deletes-exactly.property.test.ts',
  'test/activities/hand-over-many.test.ts',
  'test/activities/http-items.test.ts',
  'test/activities/observe-*.test.ts',
  'test/activities/one-shot.test.ts',
  'test/activities/orphans*.test.ts',
  'test/activities/reports/**/*.test.ts',
  'test/activities/set-aside-windows.test.ts',
  'test/activities/set-aside.property.test.ts',
  'test/activities/sql-batches.test.ts',
  'test/activities/throttle*.test.ts',
  'test/activities/walks-in-company.test.ts',
  'test/activities/walks.property.test.ts',
  'test/activities/whom-to-wake.test.ts',
  'test/activities/within-two-batches.test.ts',
  'test/adapters/pulse.test.ts',
  'test/adapters/redis-lock.test.ts',
  'test/bench/peers.test.ts',
  'test/channels/email.test.ts',
  'test/channels/letters.test.ts',
  'test/docs/commands.test.ts',
  'test/packs/*-commands.test.ts',
  'test/packs/draft-reports/*.test.ts',
  'test/packs/draft-cleanup/{job,monitors,scenarios,tables}.test.ts',
  'test/packs/draft-health.test.ts',
  'test/packs/sexton-watch.test.ts',
  'test/packs/sexton.test.ts',
  'test/packs/sla-monitor-door.test.ts',
  'test/examples/**/*.test.ts',
  'test/gateway/**/*.test.ts',
  'test/packs/sla-dashboards.test.ts',
  'test/packs/draft-cleanup/dashboards.test.ts',
  'test/packs/sla-health.test.ts',
  'test/packs/sla-monitoring-seed.test.ts',
  'test/packs/sla-queue-judged.test.ts',
  'test/packs/sla-scenarios.test.ts',
  'test/packs/sla-reports/*.test.ts',
  'test/replay/escalations.test.ts',
  'test/replay/secrets.test.ts',
  'test/worker/heartbeat.test.ts',
  'test/worker/metrics.test.ts',
  'test/worker/shutdown.test.ts',
];

const common = {
  // The SDK's native module crashes when several files share a process' threads.
  pool: 'forks',
  // Files that run one after the other in a process share what they import, which is half of the fast part's time; none
  // mocks a module or leaves anything of its own behind.
  isolate: false,
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
