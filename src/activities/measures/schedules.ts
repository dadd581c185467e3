// `schedules`: what became of the ticks of a pack's jobs and monitors, as Temporal tells it; and how late monitors are.
import { readTickAges } from '../../adapters/postgres/monitors/evaluations.ts';
import { lookReadOnly } from '../../adapters/postgres/read-only.ts';
import { readScheduleStanding, type ScheduleStanding } from '../../adapters/temporal/schedule-look.ts';
import { jobId, monitorId, scheduleIdOf } from '../../domain/ids.ts';
import type { Reading } from '../../domain/monitors/measure.ts';
import type { SchedulesParams } from '../../domain/monitors/measure-params.ts';
import { type LookingDependencies, ofPack } from './looking.ts';
import {
  type Asked,
  type Counters,
  growth,
  MeasureError,
  type MeasureKind,
  paramsOf,
  type Took,
} from './measure-kind.ts';

const AT_ONCE = 10;

export const createSchedulesMeasure =
  (dependencies: LookingDependencies): MeasureKind =>
  async (asked) => {
    const params = paramsOf(asked) as SchedulesParams;
    const { jobs, monitors } = dependencies.declared ?? { jobs: [], monitors: [] };
    const ids = [
      ...ofPack(jobs, asked.pack, params.names).map(({ pack, name }) => jobId(pack, name)),
      ...ofPack(monitors, asked.pack, params.names).map(({ pack, name }) => monitorId(pack, name)),
    ];
    if (ids.length === 0)
      throw new MeasureError(
        'UNKNOWN_NAME',
        `this worker's configuration has none of these schedules of pack ${asked.pack}`,
      );
    return params.of === 'monitor-lateness'
      ? lateness(dependencies, asked, params)
      : standing(dependencies, asked, params, ids);
  };

const standing = async (
  { temporal }: LookingDependencies,
  { asOf, signal, before }: Asked,
  { of }: SchedulesParams,
  ids: readonly string[],
): Promise<Took> => {
  const found = new Map<string, ScheduleStanding | undefined>();
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    signal.throwIfAborted();
    const some = ids.slice(from, from + AT_ONCE);
    const each = await Promise.all(some.map((id) => readScheduleStanding(temporal, scheduleIdOf(id))));
    for (const [place, id] of some.entries()) found.set(id, each[place]);
  }
  const counters = of === 'missed' || of === 'skipped' ? countersOf(found, of) : undefined;
  const readings = [...found].map(
    ([id, schedule]): Reading => ({
      labels: { schedule: id },
      value: counters ? grown(before, counters, id) : figureOf(schedule, of, asOf),
      ...(schedule?.paused && schedule.note && { facts: [['note', schedule.note]] }),
    }),
  );
  return { asOf, readings, ...(counters && { counters }) };
};

/** One that was made anew counts from 0 again, so its making is kept beside the count. */
const countersOf = (
  found: ReadonlyMap<string, ScheduleStanding | undefined>,
  of: 'missed' | 'skipped',
): Counters =>
  Object.fromEntries(
    [...found].flatMap(([id, schedule]) =>
      schedule
        ? [
            [id, schedule[of]],
            [madeAt(id), Date.parse(schedule.createdAt)],
          ]
        : [],
    ),
  );

const madeAt = (id: string): string => `${id} made at`;

const grown = (before: Counters | undefined, now: Counters, id: string): number | null =>
  before?.[madeAt(id)] === now[madeAt(id)] ? (growth(before, now, id) ?? null) : null;

const figureOf = (
  schedule: ScheduleStanding | undefined,
  of: SchedulesParams['of'],
  asOf: string,
): number | null => {
  if (of === 'not-applied') return schedule ? 0 : 1;
  if (!schedule) return null;
  if (of === 'paused') return schedule.paused ? 1 : 0;
  const { lastActionAt, nextAt } = schedule;
  if (of === 'until-next')
    return nextAt === undefined ? null : Math.max(0, (Date.parse(nextAt) - Date.parse(asOf)) / 1000);
  return lastActionAt === undefined
    ? null
    : Math.max(0, (Date.parse(asOf) - Date.parse(lastActionAt)) / 1000);
};

/** Null for one that was never evaluated. */
const lateness = async (
  { databases, declared }: LookingDependencies,
  asked: Asked,
  { names }: SchedulesParams,
): Promise<Took> => {
  const { pack } = asked;
  return lookReadOnly(databases.home, asked, async (tx, asOf) => {
    const ages = await readTickAges(tx, pack);
    const readings = ofPack(declared?.monitors ?? [], pack, names).map(
      ({ name, cadenceSeconds }): Reading => {
        const age = ages.get(name);
        return {
          labels: { schedule: monitorId(pack, name) },
          value: age ? Math.max(0, age.seconds - cadenceSeconds) : null,
          ...(age && { facts: [['newest tick', age.tick]] }),
        };
      },
    );
    return { asOf, readings };
  });
};
