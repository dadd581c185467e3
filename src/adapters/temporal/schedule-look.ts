// How a schedule stands, as Temporal tells it.
import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';

export interface ScheduleStanding {
  readonly paused: boolean;
  readonly note: string | undefined;
  readonly createdAt: string;
  /** ISO-8601; undefined where it has started nothing yet. */
  readonly lastActionAt: string | undefined;
  /** ISO-8601; undefined while it is paused, or where no tick comes any more. */
  readonly nextAt: string | undefined;
  /** Since it was made: ticks that came too late to be caught up. */
  readonly missed: number;
  /** Since it was made: ticks left out because a run went on. */
  readonly skipped: number;
}

/** Undefined where Temporal has no such schedule. */
export const describeSchedule = async (
  client: Client,
  id: string,
): Promise<ScheduleDescription | undefined> => {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
};

/** Undefined where Temporal has no such schedule. */
export const readScheduleStanding = async (
  client: Client,
  id: string,
): Promise<ScheduleStanding | undefined> => {
  const found = await describeSchedule(client, id);
  if (!found) return undefined;
  const { state, info } = found;
  return {
    paused: state.paused,
    note: state.note,
    createdAt: info.createdAt.toISOString(),
    lastActionAt: info.recentActions.at(-1)?.takenAt.toISOString(),
    nextAt: state.paused ? undefined : info.nextActionTimes[0]?.toISOString(),
    missed: info.numActionsMissedCatchupWindow,
    skipped: info.numActionsSkippedOverlap,
  };
};
