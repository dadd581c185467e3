// How a slice waits between transactions, alive in Temporal's eyes.
import { CancelledFailure, Context } from '@temporalio/activity';

/** Between two signs of life while a slice rests. */
const LONGEST_SILENCE_MS = 5_000;

/** A cancelled wait ends the slice at this batch's edge, which is what was asked. */
export const restFor = async (ms: number, beat: () => void): Promise<void> => {
  const context = Context.current();
  for (let left = ms; left > 0 && !context.cancellationSignal.aborted; left -= LONGEST_SILENCE_MS) {
    await context.sleep(Math.min(left, LONGEST_SILENCE_MS)).catch((error: unknown) => {
      if (!(error instanceof CancelledFailure)) throw error;
    });
    beat();
  }
};
