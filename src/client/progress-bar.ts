// Progress for people: a bar on a terminal, one line every few seconds anywhere else.
import cliProgress from 'cli-progress';
import { formatDuration } from '../domain/duration.ts';
import { oneDecimal } from '../domain/sla.ts';
import type { Snapshot } from './follow.ts';

export interface ProgressView {
  readonly everyMs: number;
  readonly show: (snapshot: Snapshot) => void;
  readonly end: () => void;
}

const count = (n: number): string => Math.round(n).toLocaleString('en-US');

const figures = ({ deleted, eligible, rowsPerSecond, etaSeconds, utilizationPercent }: Snapshot): string =>
  [
    `${count(deleted)} of ${count(eligible)} rows`,
    rowsPerSecond === undefined ? 'rate unknown' : `${count(rowsPerSecond)} rows/s`,
    deleted >= eligible
      ? 'done'
      : etaSeconds === undefined
        ? 'ETA unknown'
        : `ETA ${formatDuration(etaSeconds)}`,
    `${oneDecimal(utilizationPercent)} % of budget`,
  ].join(' · ');

export const createProgressView = (name: string, out: NodeJS.WriteStream): ProgressView =>
  out.isTTY ? bar(name, out) : lines(name, out);

const bar = (name: string, out: NodeJS.WriteStream): ProgressView => {
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
      single.update(Math.min(snapshot.deleted, snapshot.eligible), { figures: figures(snapshot) });
    },
    end: () => {
      if (started) single.stop();
    },
  };
};

/** Often enough to show life in a log, rarely enough not to fill it. */
const LINE_EVERY_MS = 1_000;

const lines = (name: string, out: NodeJS.WriteStream): ProgressView => {
  let shown = -1;
  return {
    everyMs: LINE_EVERY_MS,
    show: (snapshot) => {
      const share = Math.floor((snapshot.shareDone ?? 1) * 100);
      if (snapshot.deleted !== shown) out.write(`${name} ${share} % · ${figures(snapshot)}\n`);
      shown = snapshot.deleted;
    },
    end: () => {},
  };
};
