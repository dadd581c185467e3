// Every method on every layout, round after round: within a round the methods take turns on fresh copies, and each round
// begins with another one, so that a machine that slows down slows all of them.
import type { Ground } from './ground.ts';
import type { Layout } from './layouts.ts';
import { METHODS, type Measured, measure, requireExact } from './method.ts';

export interface SpeedRow extends Measured {
  readonly layout: string;
  readonly round: number;
}

export interface SpeedInput {
  readonly ground: Ground;
  readonly layouts: readonly Layout[];
  readonly rows: number;
  readonly rounds: number;
  readonly batchRows: number;
  readonly say: (line: string) => void;
}

/** `items`, beginning with another one for each number. */
export const turned = <T>(items: readonly T[], by: number): readonly T[] => {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
};

export const measureSpeed = async (input: SpeedInput): Promise<readonly SpeedRow[]> => {
  const { layouts, rounds, say } = input;
  const [smallest] = layouts.toSorted((a, b) => a.share - b.share);
  if (!smallest) return [];
  for (const method of METHODS) {
    const { seconds } = await once(input, smallest, method);
    say(`warming up, not counted: ${smallest.name} ${method} ${seconds.toFixed(3)} s`);
  }
  const rows: SpeedRow[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const [index, layout] of layouts.entries()) {
      for (const method of turned(METHODS, round - 1 + index)) {
        const { copyBytes, ...measured } = await once(input, layout, method);
        rows.push({ layout: layout.name, round, ...measured });
        const size = `${Math.round(copyBytes / 2 ** 20)} MiB`;
        say(
          `round ${round}  ${layout.name.padEnd(24)} ${method.padEnd(16)} ${measured.seconds.toFixed(3)} s  (${size})`,
        );
      }
    }
  }
  return rows;
};

const once = async ({ ground, rows, batchRows }: SpeedInput, layout: Layout, method: string) => {
  const copyBytes = await ground.restore(layout);
  const measured = await measure({ ground, layout, method, batchRows });
  await requireExact(ground, measured, { layout, rows });
  return { ...measured, copyBytes };
};
