// Ticks of a job's schedule that no run served, and how long the newest waits for its run.
import { type FoundRun, msOf } from './found-runs.ts';
import type { Found, Of } from './job-reading.ts';

/** Somebody did the tick's work: began it before the next tick, or was still at it when the tick came. */
const isServed = (runs: readonly FoundRun[], tick: number, next: number): boolean =>
  runs.some((run) => {
    const [from, to] = [
      msOf(run.startedAt),
      run.endedAt === null ? Number.POSITIVE_INFINITY : msOf(run.endedAt),
    ];
    return (from >= tick && from < next) || (from < tick && to > tick);
  });

/** Ticks from before there was any run say nothing: the job may not have been there. */
export const missedTicks = ({
  found: { runs, firstAt },
  input: { ticks, nowMs, withinSeconds },
}: Of): Found => {
  if (!ticks || firstAt === null) return { value: null };
  const since = Math.max(nowMs - withinSeconds * 1000, msOf(firstAt));
  const missed = ticks.filter((tick, place) => {
    const next = ticks[place + 1];
    return next !== undefined && tick >= since && !isServed(runs, tick, next);
  });
  const newest = missed.at(-1);
  return {
    value: missed.length,
    ...(newest !== undefined && { facts: [['newest missed tick', new Date(newest).toISOString()]] }),
  };
};

export const lateSeconds = ({ found: { runs, firstAt }, input: { ticks, nowMs } }: Of): Found => {
  const tick = ticks?.at(-1);
  if (tick === undefined || firstAt === null) return { value: null };
  const served = isServed(runs, tick, Number.POSITIVE_INFINITY);
  return {
    value: served ? 0 : Math.max(0, (nowMs - tick) / 1000),
    facts: [['tick', new Date(tick).toISOString()]],
  };
};
