// What a policy means, minute by minute: who hears what if nobody answers. For people to read before it happens.
import { formatDuration } from '../duration.ts';
import type { PolicySnapshot } from './policy.ts';

/** Somebody who is told, as named in the policy, and where that is. */
interface Told {
  readonly name: string;
  readonly targets: readonly string[];
}

/** One tier with its roles resolved. */
export interface LadderLine {
  readonly afterSeconds: number;
  readonly tier: string;
  readonly tells: readonly Told[];
  readonly mark?: string;
}

/** The tiers in order, each with the targets its roles stand for. */
export const ladderLines = ({ tiers, people }: PolicySnapshot): readonly LadderLine[] =>
  tiers.map(({ name, afterSeconds, notify, mark }) => ({
    afterSeconds,
    tier: name,
    tells: notify.map((each) => ({
      name: each,
      targets: Object.hasOwn(people, each) ? (people[each] ?? []) : [each],
    })),
    ...(mark === undefined ? {} : { mark }),
  }));

const toldText = ({ name, targets }: Told): string =>
  targets.length === 1 && targets[0] === name ? name : `${name} (${targets.join(', ')})`;

const lineText = ({ tells, mark }: LadderLine): string =>
  [
    ...(tells.length > 0 ? [`→ ${tells.map(toldText).join(', ')}`] : []),
    ...(mark === undefined ? [] : [`marks ${mark}`]),
  ].join(', ');

/** `+15m`; the first tier is at `+0m`. */
const delayText = (seconds: number): string => `+${seconds === 0 ? '0m' : formatDuration(seconds)}`;

const acknowledgementText = (seconds: number | undefined): string =>
  seconds === undefined
    ? 'an acknowledgement stops it until the incident is resolved'
    : `an acknowledgement holds for ${formatDuration(seconds)}, then the last tier told is told again and it goes on`;

/**
 * A line a tier, `+15m  response  marks response_sla_missed`, then what an acknowledgement does. `clock` adds the
 * instant at which a tier comes.
 */
export const ladderText = (
  policy: PolicySnapshot,
  clock: (afterSeconds: number) => string | undefined = () => undefined,
): readonly string[] => {
  const lines = ladderLines(policy).map((line) => ({
    start: [clock(line.afterSeconds), delayText(line.afterSeconds)].filter((part) => part !== undefined),
    line,
  }));
  const starts = lines.map(({ start }) => start.join('  '));
  const [startWidth, tierWidth] = [
    Math.max(...starts.map(({ length }) => length)),
    Math.max(...lines.map(({ line }) => line.tier.length)),
  ];
  const degraded = policy.degradedRouting ? ['every notice says degraded routing'] : [];
  return [
    ...lines.map(({ line }, index) =>
      [starts[index]?.padEnd(startWidth), line.tier.padEnd(tierWidth), lineText(line)].join('  '),
    ),
    acknowledgementText(policy.ackExpiresSeconds),
    ...degraded,
  ];
};
