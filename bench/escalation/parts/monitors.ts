// Many monitors with a few rules each, once a minute, on one worker: spread evenly over the minute, and all at once, as
// schedules of whole minutes are.
import { setTimeout as sleep } from 'node:timers/promises';
import { declaredSchedules } from '../../../src/client/sync/schedule-spec.ts';
import { cpuSeconds } from '../../shared/cpu-times.ts';
import type { Ground } from '../ground.ts';
import { makeQueues } from '../queues.ts';
import { figuresOf, readTicks, type Tick, type TickFigures } from '../ticks.ts';
import { onGround, type PartInput } from './part.ts';

interface Phase extends TickFigures {
  /** Cores that the worker, Temporal and Postgres used, in whole cores. */
  readonly cores: Readonly<Record<string, number>>;
}

export interface Monitors {
  readonly monitors: number;
  readonly rulesEach: number;
  readonly minutes: number;
  /** Started one after another over each minute. */
  readonly even: Phase;
  /** By their schedules, all of which mean the same second. */
  readonly atOnce: Phase;
  /** Ticks that schedules meant and that never came. */
  readonly missed: number;
}

const MINUTE = 60_000;

/** What `work` used of the cores, process by process. */
const measured = async <T>(pids: Readonly<Record<string, number>>, work: () => Promise<T>) => {
  const read = () => Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)] as const);
  const [before, from] = [new Map(read()), performance.now()];
  const value = await work();
  const seconds = (performance.now() - from) / 1000;
  const cores = Object.fromEntries(
    read().map(([name, used]) => [name, (used - (before.get(name) ?? 0)) / seconds]),
  );
  return { value, cores };
};

/** Monitors one after another, each with its own minute's place; what is late does not delay the next. */
const startEvenly = async (ground: Ground, minutes: number): Promise<void> => {
  const shapes = declaredSchedules(ground.catalog)
    .map(({ shape }) => shape)
    .filter(({ workflowType }) => workflowType === 'monitor');
  const from = Date.now();
  const starts: Promise<unknown>[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    for (const [place, { workflowType, taskQueue, workflowId, input }] of shapes.entries()) {
      const at = from + minute * MINUTE + (place * MINUTE) / shapes.length;
      await sleep(Math.max(0, at - Date.now()));
      const started = ground.client.workflow.start(workflowType, {
        taskQueue,
        workflowId: `${workflowId.replace(/scheduled$/, 'even')}-${minute}`,
        args: [input],
      });
      started.catch(() => {});
      starts.push(started);
    }
  }
  await Promise.all(starts);
};

const nextMinute = (): number => (Math.floor(Date.now() / MINUTE) + 1) * MINUTE;

/** Until nothing goes on, at most a minute: then what goes on counts as failed. */
const rest = async ({ client }: Ground): Promise<readonly Tick[]> => {
  for (const until = Date.now() + MINUTE; ; ) {
    const ticks = await readTicks(client);
    if (ticks.every(({ endedAt }) => endedAt !== undefined) || Date.now() > until) return ticks;
    await sleep(1_000);
  }
};

export const measureMonitors = (input: PartInput): Promise<Monitors> => {
  const { options, say } = input;
  const { monitors, rulesEach, monitorMinutes: minutes } = options;
  const variables = { DRILL_MONITORS: `${monitors}`, DRILL_RULES: `${rulesEach}` };
  return onGround(input, { variables }, async (ground) => {
    await makeQueues(ground, monitors);
    const [worker] = await ground.startWorkers(1);
    if (!worker) throw new Error('there is no worker');
    const pids = { worker: worker.pid, ...ground.servers };
    say(
      `  ${monitors} monitors, evenly over the minute, for one minute that is not counted and ${minutes} that are`,
    );
    await startEvenly(ground, 1);
    const countedFrom = Date.now();
    const even = await measured(pids, () => startEvenly(ground, minutes));
    const evenTicks = (await rest(ground)).filter(({ startedAt }) => startedAt >= countedFrom);
    say(`  the same ones by their schedules: making ${monitors} schedules`);
    await ground.applySchedules();
    // The first minute that all of them are there for.
    const [from, to] = [nextMinute(), nextMinute() + minutes * MINUTE];
    await sleep(from - 1_000 - Date.now());
    const atOnce = await measured(pids, () => sleep(to - 1_000 - Date.now()));
    await rest(ground);
    const ticks = (await readTicks(ground.client)).filter(
      ({ dueAt, startedAt }) => startedAt >= from && dueAt >= from && dueAt < to,
    );
    return {
      monitors,
      rulesEach,
      minutes,
      even: { ...figuresOf(evenTicks), cores: even.cores },
      atOnce: { ...figuresOf(ticks), cores: atOnce.cores },
      missed: Math.max(0, monitors * minutes - ticks.length),
    };
  });
};
