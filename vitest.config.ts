import { defineConfig } from 'vitest/config';

/** Whole houses of their own, child processes, servers that are stopped, runs that are met on their way: the minutes. */
const HEAVY = [
  'test/journeys/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/local/**/*.test.ts',
  'test/activities/blobs-crashes.test.ts',
  'test/activities/archive.test.ts',
  'test/activities/blobs-trouble.test.ts',
  'test/activities/children-first.test.ts',
  'test/activities/http-items.test.ts',
  'test/activities/hand-over-many.test.ts',
  'test/activities/observe-*.test.ts',
  'test/activities/one-shot.test.ts',
  'test/activities/orphans.test.ts',
  'test/activities/set-aside.property.test.ts',
  'test/activities/sql-batches.test.ts',
  'test/activities/set-aside-windows.test.ts',
  'test/activities/walks-in-company.test.ts',
  'test/activities/walks.property.test.ts',
  'test/activities/throttle.test.ts',
  'test/activities/whom-to-wake.test.ts',
  'test/channels/email.test.ts',
  'test/client/command-line.test.ts',
  'test/adapters/pulse.test.ts',
  'test/client/control.test.ts',
  'test/client/doctor.test.ts',
  'test/client/deadletters.test.ts',
  'test/client/rules.test.ts',
  'test/client/oncall.test.ts',
  'test/client/monitor.test.ts',
  'test/workflows/monitor.test.ts',
  'test/client/run-*.test.ts',
  'test/client/schedule.test.ts',
  'test/client/seed.test.ts',
  'test/client/silence.test.ts',
  'test/packs/sexton.test.ts',
  'test/packs/sexton-watch.test.ts',
  'test/packs/sla-monitoring-seed.test.ts',
  'test/replay/escalations.test.ts',
  'test/replay/secrets.test.ts',
  'test/scripts/**/*.test.ts',
  'test/worker/heartbeat.test.ts',
  'test/worker/metrics.test.ts',
  'test/worker/shutdown.test.ts',
  'test/workflows/acknowledgement-in-force.test.ts',
  'test/workflows/answers-by-clock.test.ts',
  'test/workflows/escalation-delivery.test.ts',
  'test/workflows/escalation-restarts.test.ts',
  'test/workflows/escalation-rings-anyway.test.ts',
  'test/workflows/incident-retry.test.ts',
  'test/workflows/incidents-of-others.test.ts',
  'test/workflows/job-control*.test.ts',
  'test/workflows/job-foresees.test.ts',
  'test/workflows/job-times.test.ts',
  'test/workflows/job-throttled.test.ts',
  'test/workflows/long-ladders.test.ts',
];

const common = {
  // The SDK's native module crashes when several files share a process' threads.
  pool: 'forks',
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
