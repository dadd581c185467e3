// What a policy means, minute by minute: who hears what if nobody answers. For people to read before it happens.
import { formatDuration } from '../duration.ts';
import { windowWords } from '../work-windows.ts';
import type { PolicySnapshot, TierSnapshot } from './policy.ts';

/** Somebody who is told, as named in the policy, and where that is. */
export interface ToldName {
  readonly name: string;
  readonly targets: readonly string[];
}

/** One tier with its roles resolved. */
export interface LadderLine {
  readonly afterSeconds: number;
  readonly tier: string;
  readonly tells: readonly ToldName[];
  readonly mark?: string;
  readonly repeat?: TierSnapshot['repeat'];
  readonly raiseTo?: TierSnapshot['raiseTo'];
}

/** The tiers in order, each with the targets its roles stand for. */
export const ladderLines = ({ tiers, people }: PolicySnapshot): readonly LadderLine[] =>
  tiers.map(({ name, afterSeconds, notify, mark, repeat, raiseTo }) => ({
    afterSeconds,
    tier: name,
    tells: notify.map((each) => ({
      name: each,
      targets: Object.hasOwn(people, each) ? (people[each] ?? []) : [each],
    })),
    ...(mark === undefined ? {} : { mark }),
    ...(repeat === undefined ? {} : { repeat }),
    ...(raiseTo === undefined ? {} : { raiseTo }),
  }));

const toldText = ({ name, targets }: ToldName): string =>
  targets.length === 1 && targets[0] === name ? name : `${name} (${targets.join(', ')})`;

/** `→ on-call (slack:ops, log)`. */
export const tellsText = (tells: readonly ToldName[]): string => `→ ${tells.map(toldText).join(', ')}`;

const repeatText = ({ everySeconds, times }: NonNullable<TierSnapshot['repeat']>): string =>
  `again every ${formatDuration(everySeconds)}${times === undefined ? '' : `, ${times} ${times === 1 ? 'time' : 'times'}`}`;

const lineText = ({ tells, mark, repeat, raiseTo }: LadderLine): string =>
  [
    ...(tells.length > 0 ? [tellsText(tells)] : []),
    ...(repeat === undefined ? [] : [repeatText(repeat)]),
    ...(raiseTo === undefined ? [] : [`raises it to ${raiseTo}`]),
    ...(mark === undefined ? [] : [`marks ${mark}`]),
  ].join(', ');

/** `+15m`; the first tier is at `+0m`. */
export const delayText = (seconds: number): string => `+${seconds === 0 ? '0m' : formatDuration(seconds)}`;

const acknowledgementText = ({ ackExpiresSeconds, ackExpiresTo }: PolicySnapshot): string => {
  if (ackExpiresSeconds === undefined) return 'an acknowledgement stops it until the incident is resolved';
  const then = ackExpiresTo === undefined ? 'the last tier told is told again' : `${ackExpiresTo} is told`;
  return `an acknowledgement holds for ${formatDuration(ackExpiresSeconds)}, then ${then} and it goes on`;
};

/** What holds for all of its tiers, a line each. */
export const policyNotes = (policy: PolicySnapshot): readonly string[] => {
  const { ackOverdueSeconds, quietHours, resolvedNotice = true, degradedRouting = false } = policy;
  return [
    acknowledgementText(policy),
    ...(ackOverdueSeconds === undefined
      ? []
      : [`acknowledged for ${formatDuration(ackOverdueSeconds)} it is shown as overdue, which pages nobody`]),
    ...(quietHours === undefined
      ? []
      : [`below ${quietHours.below} nobody is told in ${quietHours.windows.map(windowWords).join(' and ')}`]),
    ...(resolvedNotice ? [] : ['nobody is told when it is over']),
    ...(degradedRouting ? ['every notice says degraded routing'] : []),
  ];
};

/** Texts under each other: all but the last of each row are padded to one width. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, place) => Math.max(...rows.map((row) => row[place]?.length ?? 0)));
  return rows.map((row) =>
    row.map((text, place) => (place === row.length - 1 ? text : text.padEnd(widths[place] ?? 0))).join('  '),
  );
};

/** A line a tier, `+15m  response  marks response_sla_missed`, then what holds for all of them. */
export const ladderText = (policy: PolicySnapshot): readonly string[] => [
  ...columns(ladderLines(policy).map((line) => [delayText(line.afterSeconds), line.tier, lineText(line)])),
  ...policyNotes(policy),
];
