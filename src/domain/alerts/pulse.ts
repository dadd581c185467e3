// Whether Sexton is fit to be counted on, judged from a few figures of its own rows: what the dead man's switch and
// `doctor` go by. Pure; read by src/adapters/postgres/alerts/pulse.ts.
import { formatDuration } from '../duration.ts';

/** Ages in seconds by the home database's clock; null where there never was one. */
export interface Pulse {
  readonly canary: {
    /** Since its monitor was evaluated. */
    readonly evaluated: number | null;
    /** Since the newest one was opened. */
    readonly opened: number | null;
    /** Since the newest one that was told was told, and how long it had taken from its opening. */
    readonly told: number | null;
    readonly took: number | null;
    /** Of the oldest that has not closed. */
    readonly open: number | null;
  };
  /** Incidents whose escalation has not heard of their newest state. */
  readonly backlog: { readonly waiting: number; readonly oldest: number };
  /** Open incidents that nobody answered, of which no channel has told for as long as `allowed`. */
  readonly untold: {
    readonly count: number;
    readonly oldest: number;
    readonly incident: string | null;
  };
  /** Since the newest evaluated tick of each monitor that ever was evaluated, by its id. */
  readonly ticks: Readonly<Record<string, number>>;
}

export interface Expected {
  /** Missing where no canary is declared. */
  readonly canary?: { readonly everySeconds: number; readonly slackSeconds: number };
  readonly monitors: readonly { readonly id: string; readonly everySeconds: number }[];
  /** A monitor that was never evaluated may be new to whoever asks for so long. */
  readonly upSeconds: number;
}

/** Design §7. */
const BACKLOG_SECONDS = 60;
export const OVERDUE_SECONDS = 120;
export const CANARY_SLACK_SECONDS = 120;
const CADENCES = 2;

export const CONDITIONS = ['canary', 'hand-overs', 'monitors', 'wakes'] as const;
export type Condition = (typeof CONDITIONS)[number];

/** What is wrong with one of them, and what to do about it. */
export interface Failing {
  readonly condition: Condition;
  readonly message: string;
  readonly next: string;
}

const ago = (seconds: number): string => `${formatDuration(Math.max(0, Math.round(seconds)))} ago`;

const canaryWords = (
  { canary: seen }: Pulse,
  { canary }: Expected,
): readonly [string, string] | undefined => {
  if (!canary)
    return ['no canary is declared', 'declare `canaryMonitor` in a pack named sexton, then `sexton apply`'];
  const { everySeconds, slackSeconds } = canary;
  const longest = everySeconds + slackSeconds;
  const late = (seconds: number | null): seconds is null => seconds === null || seconds > longest;
  if (late(seen.evaluated)) {
    const when = seen.evaluated === null ? 'never' : `last ${ago(seen.evaluated)}`;
    return [
      `the canary was ${seen.evaluated === null ? 'never evaluated' : `evaluated ${when}`}`,
      'see that its schedule is applied and not paused, that Temporal is there and a worker runs',
    ];
  }
  if (late(seen.opened))
    return ['the canary is evaluated and opens no incident', 'see `sexton silence list`, and its monitor'];
  if (late(seen.told) || (seen.took ?? 0) > longest)
    return [
      `a canary was ${seen.told === null ? 'never told' : `last told ${ago(seen.told)}, after ${formatDuration(seen.took ?? 0)}`}`,
      'look at its escalation in the Temporal UI, and at the workers',
    ];
  if ((seen.open ?? 0) > CADENCES * everySeconds + slackSeconds)
    return [`a canary of ${ago(seen.open ?? 0)} has not closed`, 'look at its escalation in the Temporal UI'];
  return undefined;
};

const backlogWords = ({ backlog: { waiting, oldest } }: Pulse): readonly [string, string] | undefined =>
  oldest <= BACKLOG_SECONDS
    ? undefined
    : [
        `${waiting} incident${waiting === 1 ? ' waits' : 's wait'} for hand-over, the longest for ${formatDuration(Math.round(oldest))}`,
        'see that the schedule sexton/reconcile runs',
      ];

const MOST_NAMED = 3;

const monitorWords = (
  { ticks }: Pulse,
  { monitors, upSeconds }: Expected,
): readonly [string, string] | undefined => {
  const late = monitors.filter(({ id, everySeconds }) => (ticks[id] ?? upSeconds) > CADENCES * everySeconds);
  if (late.length === 0) return undefined;
  const names = late.slice(0, MOST_NAMED).map(({ id }) => {
    const age = ticks[id];
    return `${id} (${age === undefined ? 'never' : ago(age)})`;
  });
  const more = late.length > MOST_NAMED ? ` and ${late.length - MOST_NAMED} more` : '';
  return [
    `rules are not judged: ${names.join(', ')}${more}`,
    'see `sexton schedule list`: applied, not paused?',
  ];
};

const wakeWords = ({ untold: { count, oldest, incident } }: Pulse): readonly [string, string] | undefined =>
  count === 0
    ? undefined
    : [
        `nobody has been told of ${count === 1 ? incident : `${count} incidents, ${incident} among them,`} for ${formatDuration(Math.round(oldest))} since they should have been`,
        'see `sexton deadletters` and the channels; `sexton ack` tells that you know',
      ];

/** Conditions that do not hold, in the order of CONDITIONS. None: it may be counted on. */
export const failingConditions = (pulse: Pulse, expected: Expected): readonly Failing[] => {
  const words: Readonly<Record<Condition, readonly [string, string] | undefined>> = {
    canary: canaryWords(pulse, expected),
    'hand-overs': backlogWords(pulse),
    monitors: monitorWords(pulse, expected),
    wakes: wakeWords(pulse),
  };
  return CONDITIONS.flatMap((condition) => {
    const [message, next] = words[condition] ?? [];
    return message === undefined || next === undefined ? [] : [{ condition, message, next }];
  });
};
