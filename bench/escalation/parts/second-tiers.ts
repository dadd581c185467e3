// Second tiers fall due while half of the worker processes are killed: nothing may be lost, nothing may come twice, and
// what was in the hands of the dead must be told soon.
import { type Counted, type Lateness, latenessOf } from '../arrivals.ts';
import { type Arrival, runSpread } from '../spread.ts';
import { onGround, type PartInput } from './part.ts';

/** A second of the drill: the pages that were due in it. */
export interface Second {
  /** From the first one due. */
  readonly second: number;
  readonly due: number;
  readonly median: number;
  readonly max: number;
}

export interface SecondTiers {
  readonly count: number;
  readonly workers: number;
  readonly killed: number;
  /** Seconds from the first one due. */
  readonly killedAfter: number;
  readonly first: Counted;
  readonly second: Counted;
  readonly evaluation: number;
  /** Due before the kill. */
  readonly before: Lateness;
  /** Arrived after the kill, whenever they were due. */
  readonly after: Lateness;
  /** From the kill until pages were no later than before it. */
  readonly disturbedSeconds: number;
  readonly timeline: readonly Second[];
}

/** When of the time over which they fall due. */
const KILL_AT = 0.4;
/** So that some messages are always under way, as with a provider that is far away. */
const ANSWER_AFTER_MS = 200;
/** As late as this, a page is not on time. */
const LATE_SECONDS = 2;

/** Time for the first pages: at a modest rate, and at least so much. */
export const leadFor = (count: number): number => Math.max(60, Math.ceil(count / 25));

const timelineOf = (arrivals: readonly Arrival[], from: number): readonly Second[] => {
  const seconds = new Map<number, number[]>();
  for (const { dueAt, seconds: late } of arrivals) {
    const second = Math.floor((dueAt - from) / 1000);
    seconds.set(second, [...(seconds.get(second) ?? []), late]);
  }
  return [...seconds].map(([second, late]) => ({
    second,
    due: late.length,
    median: latenessOf(late).p50,
    max: latenessOf(late).max,
  }));
};

export const measureSecondTiers = (input: PartInput): Promise<SecondTiers> =>
  onGround(input, { answerAfterMs: ANSWER_AFTER_MS }, async (ground) => {
    const { options, say } = input;
    const { count, workers, spreadSeconds, concurrency } = options;
    await ground.applySchedules();
    const processes = await ground.startWorkers(workers);
    const doomed = processes.slice(0, Math.floor(workers / 2));
    const kill = async (): Promise<void> => {
      say(`  killing ${doomed.length} of ${workers} worker processes`);
      await Promise.all(doomed.map((worker) => worker.kill()));
    };
    const spread = await runSpread({
      ground,
      count,
      seconds: spreadSeconds,
      leadSeconds: leadFor(count),
      concurrency,
      meanwhile: { at: KILL_AT, act: kill },
      say,
    });
    const { from, arrivals, actedAt = Number.NaN, first, second, evaluation } = spread;
    const arrivedAfter = arrivals.filter(({ dueAt, seconds }) => dueAt + seconds * 1000 >= actedAt);
    const late = arrivedAfter.filter(({ seconds }) => seconds > LATE_SECONDS);
    const lastLate = Math.max(actedAt, ...late.map(({ dueAt }) => dueAt));
    return {
      count,
      workers,
      killed: doomed.length,
      killedAfter: (actedAt - from) / 1000,
      first,
      second,
      evaluation,
      before: latenessOf(arrivals.filter(({ dueAt }) => dueAt < actedAt).map(({ seconds }) => seconds)),
      after: latenessOf(arrivedAfter.map(({ seconds }) => seconds)),
      disturbedSeconds: (lastLate - actedAt) / 1000,
      timeline: timelineOf(arrivals, from),
    };
  });
