// One subject that cannot be repaired now, a run started with nonsense or a database that is away, keeps no other
// from it: it is logged, and comes up again with the next tick.
import { log } from '@temporalio/activity';
import { messageOf } from '../failures.ts';

/** Whether the work was done. */
export const apart = async (subject: string, work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    log.warn('could not be reconciled', { subject, error: messageOf(error) });
    return false;
  }
};
