// A day lived through: every instant at which something is planned, in its order, with what happens to the systems meanwhile,
// and everything that anybody was told of it, by the day's clock.
import type { WorkflowHandle } from '@temporalio/client';
import type { Channels } from '../../../src/activities/alerts/channels.ts';
import type { Notification } from '../../../src/domain/alerts/notification.ts';
import { formatTarget, type Target } from '../../../src/domain/alerts/policy.ts';
import type { Evaluation } from '../../../src/domain/monitors/evaluation.ts';
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
  /** Whether the day goes on while the tick's workflow does; otherwise it is waited for. */
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

type Counts = Map<string, { readonly all: number; readonly workflows: number }>;

/** What a quiet tick found all the same, or could not measure: whoever lives through it has nobody to tell. */
const strayIn = (tick: Tick, { handOvers, failed, superseded }: Evaluation): readonly string[] =>
  [
    ...handOvers.map(({ incident }) => incident.id),
    ...failed.map(({ measure, message }) => `${measure}: ${message}`),
    ...(superseded ? ['superseded'] : []),
  ].map((what) => `${new Date(tick.atMs).toISOString()} ${tick.id}: ${what}`);

const livingTicks = (day: Day & { readonly open: Map<string, WorkflowHandle> }, plan: DayPlan) => {
  const { house, clock, open } = day;
  const counts: Counts = new Map();
  const strays: string[] = [];
  const live = async (tick: Tick): Promise<void> => {
    const isWorkflow = tick.kind !== 'monitor' || plan.isEventful(tick);
    const { all, workflows } = counts.get(tick.id) ?? { all: 0, workflows: 0 };
    counts.set(tick.id, { all: all + 1, workflows: workflows + (isWorkflow ? 1 : 0) });
    if (!isWorkflow) return void strays.push(...strayIn(tick, await evaluateHere(house, tick)));
    const calm = tick.kind !== 'job' || plan.isEventful(tick);
    const handle = await startTick(house, clock, { tick, calm });
    if (plan.goesOn(tick)) {
      open.set(tick.id, handle);
      if (tick.kind === 'job') clock.follow(handle.workflowId);
      await clock.quiet(handle.workflowId);
      return;
    }
    const ended = handle.result();
    // A run that fails is part of the day; nothing else may.
    await (tick.kind === 'job' ? ended.catch(() => {}) : ended);
  };
  return { live, counts, strays };
};

/** Closes what it opened only where the day comes to no end; the caller closes the house otherwise. */
export const liveThroughDay = async (plan: DayPlan): Promise<Lived> => {
  const { startMs, hours, backoffSeconds, happenings, isEventful } = plan;
  const told: Told[] = [];
  let started: DayClock | undefined;
  const now = (): number => started?.now() ?? Date.now();
  const house = await openDayHouse({
    backoffSeconds,
    listen: hearing(told, now),
    quicker: (client, found) => startLadders(client, found, started?.aheadMs() ?? 0),
    schedulesOf: (input) => schedulesByClock(input, now),
  });
  try {
    const clock = await createDayClock({ client: house.client, db: house.db, startMs });
    started = clock;
    await plan.before(house);
    const day = { house, clock, told, open: new Map<string, WorkflowHandle>() };
    const { live, counts, strays } = livingTicks(day, plan);
    const ticks = ticksOf(house.catalog, startMs, startMs + hours * 3_600_000);
    const instants = new Set([...ticks, ...happenings].map(({ atMs }) => atMs));
    for (const atMs of [...instants].toSorted((a, b) => a - b)) {
      const here = ticks.filter((tick) => tick.atMs === atMs);
      const what = happenings.filter((each) => each.atMs === atMs);
      const stirs = what.length > 0 || here.some((tick) => tick.kind !== 'monitor' || isEventful(tick));
      await clock.moveTo(atMs);
      if (stirs) await clock.settle();
      for (const { does } of what) await does?.(day);
      await Promise.all(here.map(live));
      if (stirs) await clock.settle();
    }
    return { ...day, ticks: counts, strays };
  } catch (error) {
    await house.close();
    throw error;
  }
};
