// How long the activity that asks has waited for a worker: from when the server could have given it to one, by the server's
// clock, to now, by this worker's. Clocks that differ by more than the wait make it 0, never less.
import { Context } from '@temporalio/activity';

export const queuedMs = (): number =>
  Math.max(0, Date.now() - Context.current().info.currentAttemptScheduledTimestampMs);
