// Makes Temporal's schedules those that are declared. What an operator did to one, its pause and note, stays;
// one that is no longer declared goes, and its open runs finish.
import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import { SCHEDULE_PREFIX } from '../../domain/ids.ts';
import { type Change, changesBetween, type Step } from './differences.ts';
import { describedShape, type ScheduleShape } from './schedule-shape.ts';
import {
  type DeclaredSchedule,
  declaredSchedules,
  type Scheduled,
  scheduleOptions,
} from './schedule-spec.ts';

const describe = async (client: Client, id: string): Promise<ScheduleDescription | undefined> => {
  try {
    return await client.schedule.getHandle(id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
};

/** `input.job.budgetSeconds` is told as `budgetSeconds`: what a job is needs no path. */
const SHORTENED = /^(input\.job\.|input\.monitor\.|input\.check\.|input\.digest\.|input\.|calendars\.0\.)/;

/** Texts that are made from the rest change with it, and are told only when they change alone. */
const DERIVED = new Set(['summary', 'details']);

const shapeChanges = (found: ScheduleShape, wanted: ScheduleShape): readonly Change[] => {
  // What was sent to Temporal came back as JSON, without the keys that are undefined.
  const sent: unknown = JSON.parse(JSON.stringify(wanted));
  const changes = changesBetween(found, sent).map((change) => ({
    ...change,
    path: change.path.replace(SHORTENED, ''),
  }));
  const stated = changes.filter(({ path }) => !DERIVED.has(path));
  return stated.length > 0 ? stated : changes;
};

const declaredStep = async (client: Client, schedule: DeclaredSchedule): Promise<readonly Step[]> => {
  const found = await describe(client, schedule.id);
  const options = scheduleOptions(schedule);
  const about = { kind: 'schedule', name: schedule.id } as const;
  if (!found) {
    const create = async (): Promise<void> => {
      await client.schedule.create(options);
    };
    return [{ differences: [{ ...about, action: 'create' }], apply: create }];
  }
  const changes = shapeChanges(describedShape(found), schedule.shape);
  if (changes.length === 0) return [];
  const update = (): Promise<void> =>
    client.schedule.getHandle(schedule.id).update(({ state }) => ({ ...options, state }));
  return [{ differences: [{ ...about, action: 'update', changes }], apply: update }];
};

const retiredIds = async (client: Client, declared: ReadonlySet<string>): Promise<readonly string[]> => {
  const ids: string[] = [];
  for await (const { scheduleId } of client.schedule.list()) {
    if (!scheduleId.startsWith(SCHEDULE_PREFIX) || declared.has(scheduleId)) continue;
    // The list runs a moment behind: a schedule that was just deleted may still be in it.
    if (await describe(client, scheduleId)) ids.push(scheduleId);
  }
  return ids.toSorted();
};

/** Steps for schedules that are new, differ, or are no longer declared. */
export const scheduleSteps = async (client: Client, catalog: Scheduled): Promise<readonly Step[]> => {
  const declared = declaredSchedules(catalog);
  const steps: Step[] = [];
  for (const schedule of declared) steps.push(...(await declaredStep(client, schedule)));
  for (const id of await retiredIds(client, new Set(declared.map((schedule) => schedule.id)))) {
    steps.push({
      differences: [
        { action: 'delete', kind: 'schedule', name: id, note: 'no longer declared; open runs finish' },
      ],
      apply: () => client.schedule.getHandle(id).delete(),
    });
  }
  return steps;
};
