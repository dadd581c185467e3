// Lets a worker's process stand still where a test wants it to die, message by message; dying.mjs keeps to it.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { eventually } from '../../support/eventually.ts';

/** Between which two steps: a message is claimed but not sent, or accepted by its provider but not receipted. */
export type HoldPoint =
  | `${'firing' | 'acknowledged' | 'resolved'}: ${'claimed' | 'accepted'}`
  | `answer: ${'not ' | ''}committed`;

export interface Holds {
  /** From now on, everything of the incident stands still there. */
  readonly put: (number: number, point: HoldPoint) => void;
  /** Waits until so many messages or answers of the incident stand still. */
  readonly reached: (number: number, count: number) => Promise<void>;
  /** Nothing stands still from now on; what does goes on, if it still lives. */
  readonly lift: () => void;
}

export const createHolds = (file: string): Holds => {
  const points = new Map<number, HoldPoint>();
  const said = (): readonly string[] => {
    try {
      return readFileSync(`${file}.held`, 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  return {
    put: (number, point) => {
      points.set(number, point);
      // A worker may be reading it.
      writeFileSync(`${file}.new`, JSON.stringify(Object.fromEntries(points)));
      renameSync(`${file}.new`, file);
    },
    reached: async (number, count) => {
      const isThere = (): boolean =>
        new Set(said().filter((line) => line.startsWith(`${number} `))).size >= count;
      await eventually(`${count} of incident ${number} stand still`, isThere, { withinMs: 60_000 });
    },
    lift: () => {
      points.clear();
      for (const each of [file, `${file}.held`]) rmSync(each, { force: true });
    },
  };
};
