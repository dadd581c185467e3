// How late a page is on a quiet day: second tiers fall due over a minute, one worker process, nothing is killed.
import { type Counted, type Lateness, latenessOf } from '../arrivals.ts';
import { runSpread } from '../spread.ts';
import { onGround, type PartInput } from './part.ts';
import { leadFor } from './second-tiers.ts';

export interface PageLateness {
  readonly count: number;
  readonly overSeconds: number;
  readonly lateness: Lateness;
  readonly counted: Counted;
}

export const measureLateness = (input: PartInput): Promise<PageLateness> =>
  onGround(input, {}, async (ground) => {
    const { options, say } = input;
    const { latenessCount: count, latenessSeconds, concurrency } = options;
    await ground.applySchedules();
    await ground.startWorkers(1);
    const { arrivals, second } = await runSpread({
      ground,
      count,
      seconds: latenessSeconds,
      leadSeconds: leadFor(count),
      concurrency,
      say,
    });
    return {
      count,
      overSeconds: latenessSeconds,
      lateness: latenessOf(arrivals.map(({ seconds }) => seconds)),
      counted: second,
    };
  });
