// Every tick of every schedule of a catalog between two instants, and how one is lived through: as the workflow that its
// schedule starts, at the virtual instant that it is planned for, or by the monitor's activity in this process.
import type { Client, ScheduleDescription, WorkflowHandle } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Catalog } from '../../../src/catalog/catalog.ts';
import { ticksUntil } from '../../../src/catalog/cron.ts';
import {
  type DeclaredSchedule,
  declaredSchedules,
  scheduleOptions,
} from '../../../src/client/sync/schedule-spec.ts';
import { RECONCILE_SCHEDULE_ID, scheduleIdOf } from '../../../src/domain/ids.ts';
import type { Evaluation, MonitorInput } from '../../../src/domain/monitors/evaluation.ts';
import type { DayClock } from './day-clock.ts';
import type { DayHouse } from './day-house.ts';
import { startAhead } from './start-ahead.ts';

export interface Tick {
  readonly atMs: number;
  /** As in the catalog: `<pack>/<kind>/<name>`. */
  readonly id: string;
  readonly kind: 'job' | 'monitor' | 'check' | 'digest';
  readonly schedule: DeclaredSchedule;
}

const cronsOf = ({
  jobs,
  monitors,
  checks,
  digests,
}: Catalog): readonly (readonly [Tick['kind'], string, string])[] => [
  ...jobs.map(({ id, schedule }) => ['job', id, schedule] as const),
  ...monitors.map(({ id, schedule }) => ['monitor', id, schedule] as const),
  ...checks.map(({ id, schedule }) => ['check', id, schedule] as const),
  ...digests.map(({ id, schedule }) => ['digest', id, schedule] as const),
];

const shapesOf = (catalog: Catalog): ReadonlyMap<string, DeclaredSchedule> =>
  new Map(declaredSchedules(catalog).map((each) => [each.id, each]));

/** In their order; what falls on the same instant stands together. */
export const ticksOf = (catalog: Catalog, fromMs: number, untilMs: number): readonly Tick[] => {
  const shapes = shapesOf(catalog);
  const ticks = cronsOf(catalog).flatMap(([kind, id, cron]) => {
    const schedule = shapes.get(scheduleIdOf(id));
    if (!schedule) throw new Error(`${id} has no schedule`);
    return ticksUntil(cron, { fromMs, toMs: untilMs - 1 })
      .filter((atMs) => atMs >= fromMs)
      .map((atMs): Tick => ({ atMs, id, kind, schedule }));
  });
  return ticks.toSorted((a, b) => a.atMs - b.atMs);
};

/**
 * Temporal has every schedule as `sexton apply` makes it, but paused: it would act by the wall. Asked how one stands, it says
 * that it goes on, and what comes next by the day's clock.
 */
export const schedulesByClock = async (
  { client, catalog }: { readonly client: Client; readonly catalog: Catalog },
  now: () => number,
): Promise<Client['schedule']> => {
  const crons = new Map(cronsOf(catalog).map(([, id, cron]) => [scheduleIdOf(id), cron]));
  for (const declared of declaredSchedules(catalog))
    if (declared.id !== RECONCILE_SCHEDULE_ID)
      await client.schedule.create({ ...scheduleOptions(declared), state: { paused: true } });
  const nextOf = (id: string): readonly Date[] => {
    const [fromMs, toMs] = [now(), now() + 8 * 86_400_000];
    const next = ticksUntil(crons.get(id) ?? '', { fromMs, toMs }).find((atMs) => atMs > fromMs);
    return next === undefined ? [] : [new Date(next)];
  };
  const getHandle = (id: string) => {
    const handle = client.schedule.getHandle(id);
    const describe = async (): Promise<ScheduleDescription> => {
      const told = await handle.describe();
      const info = { ...told.info, nextActionTimes: [...nextOf(id)] };
      return { ...told, state: { ...told.state, paused: false }, info };
    };
    return { ...handle, describe };
  };
  return { getHandle } as unknown as Client['schedule'];
};

const NOMINAL = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);

/** As its schedule would start it, at the day's instant by its own clock. */
export const startTick = (
  { client }: Pick<DayHouse, 'client'>,
  clock: DayClock,
  { tick: { atMs, schedule }, calm }: { readonly tick: Tick; readonly calm: boolean },
): Promise<WorkflowHandle> => {
  const { shape } = schedule;
  const iso = new Date(atMs).toISOString();
  const options = {
    taskQueue: shape.taskQueue,
    workflowId: `${shape.workflowId}-${iso.replace('.000Z', 'Z')}`,
    args: [shape.input],
    typedSearchAttributes: [
      { key: NOMINAL, value: new Date(atMs) },
      ...Object.entries(shape.attributes).map(([name, value]) => ({
        key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
        value: String(value),
      })),
    ],
  };
  return startAhead(client, { type: shape.workflowType, options, aheadMs: clock.aheadMs(), calm });
};

const QUIET = new DefaultLogger('ERROR', () => {});

/** A monitor's tick without a workflow around it; only for those that have nothing to hand over. */
export const evaluateHere = (
  { activities }: DayHouse,
  { atMs, schedule: { shape } }: Tick,
): Promise<Evaluation> => {
  const { monitor, ringAfterSeconds } = shape.input as MonitorInput;
  const input = { monitor, tick: new Date(atMs).toISOString(), ringAfterSeconds };
  return new MockActivityEnvironment({}, { logger: QUIET }).run(activities.watch.evaluate, input);
};
