// Progress for people: a bar on a terminal, one line every few seconds anywhere else.
import cliProgress from 'cli-progress';
import { formatDuration } from '../../domain/duration.ts';
import { oneDecimal } from '../../domain/jobs/sla.ts';
import type { Snapshot } from './follow.ts';
import type { Unit } from './unit.ts';

export interface ProgressView {
  readonly everyMs: number;
  readonly show: (snapshot: Snapshot) => void;
  readonly end: () => void;
}

const count = (n: number): string => Math.round(n).toLocaleString('en-US');

const figures = (
  { deleted, eligible, rowsPerSecond, etaSeconds, utilizationPercent }: Snapshot,
  unit: Unit,
): string =>
  [
    `${count(deleted)} of ${count(eligible)} ${unit}`,
    rowsPerSecond === undefined ? 'rate unknown' : `${count(rowsPerSecond)} ${unit}/s`,
    deleted >= eligible
      ? 'done'
      : etaSeconds === undefined
        ? 'ETA unknown'
        : `ETA ${formatDuration(etaSeconds)}`,
    `${oneDecimal(utilizationPercent)} % of budget`,
  ].join(' · ');

interface ViewInput {
  readonly name: string;
  readonly unit: Unit;
  readonly out: NodeJS.WriteStream;
}

export const createProgressView = (input: ViewInput): ProgressView =>
  input.out.isTTY ? bar(input) : lines(input);

const bar = ({ name, unit, out }: ViewInput): ProgressView => {
  const single = new cliProgress.SingleBar(
    { format: `${name} {bar} {percentage} % · {figures}`, stream: out, hideCursor: true },
    cliProgress.Presets.shades_classic,
  );
  let started = false;
  return {
    everyMs: 100,
    show: (snapshot) => {
      if (!started) single.start(Math.max(1, snapshot.eligible), 0, { figures: '' });
      started = true;
      single.update(Math.min(snapshot.deleted, snapshot.eligible), { figures: figures(snapshot, unit) });
    },
    end: () => {
      if (started) single.stop();
    },
  };
};

/** Often enough to show life in a log, rarely enough not to fill it. */
const LINE_EVERY_MS = 1_000;

const lines = ({ name, unit, out }: ViewInput): ProgressView => {
  let shown = -1;
  return {
    everyMs: LINE_EVERY_MS,
    show: (snapshot) => {
      const share = Math.floor((snapshot.shareDone ?? 1) * 100);
      if (snapshot.deleted !== shown) out.write(`${name} ${share} % · ${figures(snapshot, unit)}\n`);
      shown = snapshot.deleted;
    },
    end: () => {},
  };
};
