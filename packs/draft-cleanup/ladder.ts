// Who is told above the team, and after how long: on-call, half an hour later the senior engineer, an hour later the manager,
// two hours later the CTO (DRAFT-62).
import type { TierDefinition } from '../../src/index.ts';

const ABOVE_ON_CALL = [
  ['on-call', 0],
  ['senior', 30],
  ['manager', 90],
  ['cto', 210],
] as const;

interface Ladder {
  readonly onCallAfterMinutes: number;
  /** Told at every tier besides its person. */
  readonly also: readonly string[];
}

export const ladderAbove = ({ onCallAfterMinutes, also }: Ladder): readonly TierDefinition[] =>
  ABOVE_ON_CALL.map(([name, later]) => ({
    name,
    after: `${onCallAfterMinutes + later}m`,
    notify: [`draft-${name}`, ...also],
  }));
