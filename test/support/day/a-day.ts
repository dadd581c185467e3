// A day lived through: every instant at which something is planned, in its order, with what happens to the systems meanwhile,
// and everything that anybody was told of it, by the day's clock.
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Channels } from '../../../src/activities/alerts/channels.ts';
import type { Notification } from '../../../src/domain/alerts/notification.ts';
import { formatTarget, type Target } from '../../../src/domain/alerts/policy.ts';
import { createDayClock, type DayClock } from './day-clock.ts';
import { type DayHouse, openDayHouse } from './day-house.ts';
import { evaluateHere, schedulesByClock, startTick, type Tick, ticksOf } from './day-ticks.ts';
import { startLadders } from './start-ahead.ts';

/** One message that a provider took. */
export interface Told {
  /** Virtual, epoch milliseconds. */
  readonly atMs: number;
  /** `slack:oncall`. */
  readonly target: string;
  /** Alert type; of a letter what it tells of. */
  readonly what: string;
  /** By which alerts of one type are told apart, e.g. the job; empty where there is only one. */
  readonly label: string;
  readonly tier: string;
  readonly status: NonNullable<Notification['status']> | 'letter';
  readonly key: string;
}

export interface Day {
  readonly house: DayHouse;
  readonly clock: DayClock;
  readonly told: readonly Told[];
  /** Handles of what is still going on, by id in the catalog. */
  readonly open: ReadonlyMap<string, WorkflowHandle>;
}

export interface Happening {
  readonly atMs: number;
  /** Missing: only the clock stops there, so that what executions do of themselves is done at its instant. */
  readonly does?: (day: Day) => Promise<unknown>;
}

interface DayPlan {
  readonly startMs: number;
  readonly hours: number;
  readonly backoffSeconds: readonly number[];
  readonly before: (house: DayHouse) => Promise<unknown>;
  readonly happenings: readonly Happening[];
  /** Whether a monitor's tick is a workflow, and may find something; jobs, health checks and digests always are. */
  readonly isEventful: (tick: Tick) => boolean;
  /** Whether the day goes on while the tick's workflow does; undefined waits for it. */
  readonly goesOn: (tick: Tick) => boolean;
}

export interface Lived extends Day {
  /** How many ticks were lived through, by schedule, and how many of them as workflows. */
  readonly ticks: ReadonlyMap<string, { readonly all: number; readonly workflows: number }>;
  /** Monitors that found something in a tick that was no workflow. */
  readonly strays: readonly string[];
}

const labelOf = ({ labels = {} }: Pick<Notification, 'labels'>): string => Object.values(labels).join(' ');

const hearing =
  (told: Told[], now: () => number) =>
  (channels: Channels): Channels => {
    const heard = (target: Target, more: Omit<Told, 'atMs' | 'target'>): void => {
      told.push({ atMs: now(), target: formatTarget(target), ...more });
    };
    const { post } = channels;
    return {
      ...channels,
      send: async (routed) => {
        const receipt = await channels.send(routed);
        const { alertType: what, tier, status = 'firing', key } = routed.notification;
        heard(routed.target, { what, label: labelOf(routed.notification), tier, status, key });
        return receipt;
      },
      sendInstead: async (failed) => {
        await channels.sendInstead(failed);
        const { alertType: what, tier, key } = failed.notification;
        heard({ channel: 'log', address: 'instead' }, { what, label: '', tier, status: 'firing', key });
      },
      ...(post && {
        post: async (posted) => {
          const receipt = await post(posted);
          const { kind, name, key } = posted.letter;
          if (receipt) heard(posted.target, { what: name, label: kind, tier: '', status: 'letter', key });
          return receipt;
        },
      }),
    };
  };

export const liveThroughDay = async (plan: DayPlan): Promise<Lived> => {
  const { startMs, hours, backoffSeconds, happenings, isEventful, goesOn } = plan;
  const told: Told[] = [];
  const open = new Map<string, WorkflowHandle>();
  let clock: DayClock | undefined;
  const now = (): number => clock?.now() ?? Date.now();
  const house = await openDayHouse({
    backoffSeconds,
    listen: hearing(told, now),
    quicker: (client, found) => startLadders(client, found, clock?.aheadMs() ?? 0),
    schedulesOf: (input: Pick<DayHouse, 'catalog'> & { readonly client: Client }) =>
      schedulesByClock(input, now),
  });
  try {
    clock = await createDayClock({ client: house.client, db: house.db, startMs });
    const going = clock;
    await plan.before(house);
    const day: Day = { house, clock: going, told, open };
    const counts = new Map<string, { all: number; workflows: number }>();
    const strays: string[] = [];

    const live = async (tick: Tick): Promise<void> => {
      const isWorkflow = tick.kind !== 'monitor' || isEventful(tick);
      const count = counts.get(tick.id) ?? { all: 0, workflows: 0 };
      counts.set(tick.id, { all: count.all + 1, workflows: count.workflows + (isWorkflow ? 1 : 0) });
      if (!isWorkflow) {
        const { handOvers, failed, superseded } = await evaluateHere(house, tick);
        const at = new Date(tick.atMs).toISOString();
        for (const { incident } of handOvers) strays.push(`${at} ${tick.id}: ${incident.id}`);
        for (const { measure, message } of failed) strays.push(`${at} ${tick.id}: ${measure}: ${message}`);
        if (superseded) strays.push(`${at} ${tick.id}: superseded`);
        return;
      }
      const handle = await startTick(house, going, { tick, calm: tick.kind !== 'job' || isEventful(tick) });
      if (goesOn(tick)) {
        open.set(tick.id, handle);
        if (tick.kind === 'job') going.follow(handle.workflowId);
        return;
      }
      // A run that fails is part of the day; what is told of it is what counts.
      await handle.result().catch(() => {});
    };

    const ticks = ticksOf(house.catalog, startMs, startMs + hours * 3_600_000);
    const instants = [...new Set([...ticks, ...happenings].map(({ atMs }) => atMs))].toSorted(
      (a, b) => a - b,
    );
    for (const atMs of instants.filter((x) => x >= startMs + Number(process.env.S_FROM ?? 0) * 60000)) {
      // S_DEBUG
      const here = ticks.filter((tick) => tick.atMs === atMs);
      const what = happenings.filter((each) => each.atMs === atMs);
      const stirs = what.length > 0 || here.some((tick) => tick.kind !== 'monitor' || isEventful(tick));
      if (process.env.S_LOG)
        (await import('node:fs')).appendFileSync(
          '/tmp/S-log.txt',
          `${new Date().toISOString()} ${new Date(atMs).toISOString()} ${here.length} ${going.now() - atMs}\n`,
        );
      await going.moveTo(atMs);
      if (stirs) await going.settle();
      for (const { does } of what) await does?.(day);
      await Promise.all(here.map(live));
      if (stirs) await going.settle();
    }
    return { ...day, ticks: counts, strays };
  } catch (error) {
    await house.close();
    throw error;
  }
};
