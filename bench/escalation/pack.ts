// The pack that the benchmark's alerts belong to. Most parts bring their reports themselves; two declare monitors, as any
// team does, in the numbers that the environment states.
import { defineMonitor, definePack, definePolicy, variable } from '../../src/index.ts';
import {
  FIRST_TIER,
  FLOOD_MONITOR,
  FLOOD_RULE,
  PACK,
  QUEUES,
  ROLE,
  SECOND_TIER,
  STALLED_MINUTES,
} from './terms.ts';

const EVERY_MINUTE = '* * * * *';

/** The second tier is far: nothing but first pages is looked at. */
const policy = definePolicy({
  name: 'two-tiers',
  tiers: [
    { name: FIRST_TIER, after: '0s', notify: [ROLE] },
    { name: SECOND_TIER, after: '6h', notify: [ROLE] },
  ],
});

const stalled = (name: string, above: number) => ({
  name,
  summary: 'Nothing has left queue {queue} for {value} minutes',
  bands: [
    {
      severity: 'critical' as const,
      alertType: 'queue_stalled',
      when: { measure: 'minutes', above },
      action: 'Look at the queue’s consumers',
    },
  ],
});

/** One rule with an incident a queue. */
const flood = () =>
  defineMonitor({
    name: FLOOD_MONITOR,
    summary: 'Queues that nothing leaves',
    owner: ROLE,
    schedule: EVERY_MINUTE,
    measures: {
      minutes: {
        kind: 'sql',
        database: 'main',
        sql: `SELECT name AS queue, minutes AS value FROM ${QUEUES}`,
      },
    },
    rules: [stalled(FLOOD_RULE, STALLED_MINUTES)],
  });

/** One queue of its own, and rules that it breaks none of. */
const quiet = (number: number, rules: number) =>
  defineMonitor({
    name: `queue_${number}`,
    summary: `Queue ${number}`,
    owner: ROLE,
    schedule: EVERY_MINUTE,
    measures: {
      minutes: {
        kind: 'sql',
        database: 'main',
        sql: `SELECT name AS queue, minutes AS value FROM ${QUEUES} WHERE name = 'q${number}'`,
      },
    },
    rules: Array.from({ length: rules }, (_, rule) =>
      stalled(`queue_${number}_${rule}`, STALLED_MINUTES + rule),
    ),
  });

const count = () => variable.number({ atLeast: 0, whole: true }).default(0);

export const drill = definePack({
  name: PACK,
  databases: { main: { url: 'DRILL_DATABASE_URL' } },
  env: {
    /** 1: the monitor of one rule with many incidents. */
    DRILL_FLOOD: count(),
    /** Monitors that find nothing. */
    DRILL_MONITORS: count(),
    /** Rules of each of them. */
    DRILL_RULES: count(),
  },
  build: ({ DRILL_FLOOD, DRILL_MONITORS, DRILL_RULES }) => {
    const monitors = [
      ...(DRILL_FLOOD > 0 ? [flood()] : []),
      ...Array.from({ length: DRILL_MONITORS }, (_, number) => quiet(number, DRILL_RULES)),
    ];
    // A policy must be named by a route, and a route is for rules.
    return monitors.length === 0 ? {} : { monitors, policies: [policy], routes: { critical: policy.name } };
  },
});
