// What a schedule would start its workflow with.
import { type Client, ScheduleNotFoundError } from '@temporalio/client';

/** First argument of the schedule's action; undefined where there is no such schedule. */
export const readScheduledInput = async (client: Client, scheduleId: string): Promise<unknown> => {
  try {
    const { action } = await client.schedule.getHandle(scheduleId).describe();
    return action.args?.[0];
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
};
