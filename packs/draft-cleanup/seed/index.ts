// What `sexton seed` can fill the pack's tables with (DRAFT-12, DRAFT-13, DRAFT-14). Each scenario but the first and the last
// ends in exactly the alert that it is named for.
import { HOUR_MS } from './hours.ts';
import { large } from './large.ts';
import { drafts, STEADY } from './live.ts';
import { scenario } from './scenario.ts';

/** A quiet day; `npm start` begins with it. */
const steady = scenario();

export const scenarios = {
  base: steady,
  steady,
  baseline: scenario({ live: drafts(46, 26) }),
  high: scenario({ live: drafts(100, 31) }),
  critical: scenario({ live: drafts(100, 51) }),
  'critical-count': scenario({ live: drafts(300, 101) }),
  stalled: scenario({
    runs: (runs, nowMs) => {
      const startedMs = nowMs - 2.25 * HOUR_MS;
      const last = {
        slotMs: null,
        startedMs,
        endedMs: startedMs + 4_000,
        status: 'succeeded',
        deleted: 0,
      } as const;
      return [...runs.filter((run) => run.startedMs < startedMs), last];
    },
  }),
  old: scenario({
    live: [...drafts(24, 0), ...Array.from({ length: 6 }, () => ({ ageHours: 25, used: false }))],
  }),
  spike: scenario({ live: drafts(101, 20, 0.7) }),
  'redis-down': scenario({ live: STEADY, silentSeconds: 600 }),
  'three-failures': scenario({
    runs: (runs) =>
      runs.map((run, place) =>
        place < runs.length - 3
          ? run
          : { ...run, status: 'failed' as const, deleted: 0, error: 'TARGET_UNREACHABLE' },
      ),
  }),
  large,
};
