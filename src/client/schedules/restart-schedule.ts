// Makes a schedule anew from what is declared, not paused, and starts one run by it: what helps where Temporal's own has
// gone astray.
import { type Client, ScheduleAlreadyRunning } from '@temporalio/client';
import { describeSchedule } from '../../adapters/temporal/schedule-look.ts';
import { type DeclaredSchedule, scheduleOptions } from '../sync/schedule-spec.ts';
import { type Triggered, triggerSchedule } from './trigger-schedule.ts';

export interface Restarted {
  /** Of the run that comes by itself; null where Temporal does not say yet. */
  readonly nextAt: string | null;
  /** What became of the run that was to start at once. */
  readonly run: Triggered | undefined;
}

/** Temporal forgets a deleted schedule within a moment; until then it refuses another of the name. */
const FORGOTTEN_WITHIN_MS = 10_000;
const TRY_EVERY_MS = 200;

const create = async (client: Client, schedule: DeclaredSchedule, note: string): Promise<void> => {
  const deadline = Date.now() + FORGOTTEN_WITHIN_MS;
  for (;;) {
    try {
      await client.schedule.create({ ...scheduleOptions(schedule), state: { paused: false, note } });
      return;
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning) || Date.now() > deadline)
        throw new Error(`${schedule.id} was deleted and not made anew; \`sexton apply\` makes it`, {
          cause: error,
        });
      await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS));
    }
  }
};

/** Open runs of the old one go on. */
export const restartSchedule = async (
  client: Client,
  schedule: DeclaredSchedule,
  note: string,
): Promise<Restarted> => {
  const { id } = schedule;
  if (await describeSchedule(client, id)) await client.schedule.getHandle(id).delete();
  await create(client, schedule, note);
  const run = await triggerSchedule(client, id);
  const found = await describeSchedule(client, id);
  return { nextAt: found?.info.nextActionTimes[0]?.toISOString() ?? null, run };
};
