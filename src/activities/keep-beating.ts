// Signs of life while an activity measures or sends: a worker that dies is noticed within seconds, however long it may take.
import { Context } from '@temporalio/activity';

const EVERY_MS = 1_500;

/** The signal aborts when the activity is called off or its worker shuts down. */
export const keepBeating = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), EVERY_MS);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
};
