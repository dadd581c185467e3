// The two monitors that Sexton watches itself by, for the pack named `sexton` of an installation: a canary that proves
// that alerts come through, and rules about how well people are told. Without the first no heartbeat is ever sent.
import { CANARY } from '../../domain/alerts/self.ts';
import { LOG_ONLY } from '../log-only.ts';
import type { Routes } from './alerts.ts';
import type { MonitorDefinition, RuleDefinition } from './monitors.ts';

export interface CanaryMonitorOptions {
  /** Sexton's own database (`{ home: true }`), by its name in the pack. */
  readonly database: string;
  readonly owner: string;
}

/** Canaries are always three, and one sings: so each tick opens a fresh incident and ends the one before. */
const TURNS = 3;
const CADENCE_MINUTES = 5;

/** `seconds` is how long a turn lasts: as long as the monitor's cadence. */
export const canarySql = (seconds: number): string =>
  `SELECT turn::text AS turn, (turn = floor(extract(epoch FROM sexton.now()) / ${seconds})::bigint % ${TURNS})::int AS value
  FROM generate_series(0, ${TURNS - 1}) turn`;

/** Opens an incident at every tick that nobody but the log is told of, and that is over at the next. */
export const canaryMonitor = ({ database, owner }: CanaryMonitorOptions): MonitorDefinition => ({
  name: CANARY.monitor,
  summary: 'An alert for nobody, every five minutes: that it comes through proves that others would',
  owner,
  schedule: `*/${CADENCE_MINUTES} * * * *`,
  measures: {
    sings: { kind: 'sql', database, sql: canarySql(CADENCE_MINUTES * 60), labels: ['turn'] },
  },
  rules: [
    {
      name: CANARY.rule,
      summary: 'canary {turn}: nothing is wrong',
      bands: [
        {
          severity: 'info',
          alertType: 'canary',
          when: { measure: 'sings', atLeast: 1 },
          action: 'Nothing: it is over in five minutes',
        },
      ],
      // One that cannot be measured does not sing, and that is what is noticed.
      noData: 'keep',
      error: 'keep',
      reopenWithin: '0s',
      routes: { info: LOG_ONLY.name },
    },
  ],
});

export interface TellingMonitorOptions {
  readonly owner: string;
  /** Who is told; of warning and critical. Best by another way than most alerts take. */
  readonly routes: Routes;
}

/** Whether people are told in time, by the rows that telling them leaves. */
export const tellingMonitor = ({ owner, routes }: TellingMonitorOptions): MonitorDefinition => ({
  name: 'alerting',
  summary: 'Whether people are told in time',
  owner,
  schedule: '*/2 * * * *',
  measures: {
    overdue: { kind: 'alerting', of: 'overdue' },
    untold: { kind: 'alerting', of: 'untold' },
    dead: { kind: 'alerting', of: 'dead-letters' },
    notify: { kind: 'alerting', of: 'notify-p95', within: '1h' },
    late: { kind: 'alerting', of: 'monitor-lateness' },
    paused: { kind: 'schedules', of: 'paused', names: [CANARY.monitor] },
  },
  rules: TELLING_RULES.map((each) => ({ ...each, routes })),
});

/** A database that is away is told by whoever finds it so; one that comes back late is no news. */
const CALM = { noData: 'fine', error: 'keep' } as const;

const TELLING_RULES: readonly Omit<RuleDefinition, 'routes'>[] = [
  {
    name: 'wakes_overdue',
    summary: '{overdue} ladders are late by more than two minutes, {untold} incidents have reached nobody',
    bands: [
      {
        severity: 'critical',
        alertType: 'wakes_overdue',
        when: {
          any: [
            { measure: 'overdue', above: 0 },
            { measure: 'untold', above: 0 },
          ],
        },
        action:
          'Run `sexton doctor`, then `sexton incidents`; whoever should know of those, tell them by hand',
      },
    ],
    ...CALM,
  },
  {
    name: 'dead_letters',
    summary: '{value} messages were taken by no channel',
    bands: [
      {
        severity: 'warning',
        alertType: 'dead_letters',
        when: { measure: 'dead', above: 0 },
        action: 'Run `sexton deadletters`; mend the channel, then retry or drop them',
      },
    ],
    ...CALM,
  },
  {
    name: 'slow_to_notify',
    summary: 'one in twenty incidents of the last hour was told after {value} s or later',
    bands: [
      {
        severity: 'warning',
        alertType: 'slow_to_notify',
        when: { measure: 'notify', above: 60 },
        action: 'Run `sexton figures --within 1h`: a slow channel, or too few workers',
      },
    ],
    ...CALM,
  },
  {
    name: 'monitor_late',
    summary: '{monitor} has not been evaluated for two cadences and {value} s',
    bands: [
      {
        severity: 'warning',
        alertType: 'monitor_late',
        when: { measure: 'late', above: 0 },
        action: 'Run `sexton schedule list`: applied, not paused? Then look at the workers',
      },
    ],
    ...CALM,
  },
  {
    name: 'canary_paused',
    summary: 'the schedule of the canary is paused, so no heartbeat is sent',
    bands: [
      {
        severity: 'warning',
        alertType: 'canary_paused',
        when: { measure: 'paused', above: 0 },
        action: 'Run `sexton schedule resume canary`',
      },
    ],
    ...CALM,
  },
];
