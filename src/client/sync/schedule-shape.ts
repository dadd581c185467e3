// A schedule as plain data, in one shape for what is declared and what Temporal describes, so that both can
// be compared field by field.
import type { ScheduleDescription, ScheduleOverlapPolicy } from '@temporalio/client';
import { asIs, describedCalendar, expandRanges } from '../../adapters/temporal/schedule-calendar.ts';
import type { Calendar } from '../../domain/calendar.ts';

/** Everything about a schedule that is ours; an operator's pause and note are not. */
export interface ScheduleShape {
  /** Empty where the schedule runs by interval. */
  readonly calendars: readonly Calendar[];
  readonly everySeconds: readonly number[];
  readonly timezone: string;
  readonly overlap: NonNullable<ScheduleOverlapPolicy>;
  readonly catchupSeconds: number;
  readonly pauseOnFailure: boolean;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly workflowId: string;
  /** The workflow's one argument. */
  readonly input: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly summary: string;
  readonly details: string;
  /** What was added by hand and is never declared: jitter, exceptions, first and last instant, seconds, years. */
  readonly unplanned: Readonly<Record<string, unknown>>;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === 0 ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const unplanned = ({ spec, action }: ScheduleDescription): Readonly<Record<string, unknown>> => {
  const seconds = (spec.calendars ?? [])
    .flatMap(({ second }) => expandRanges(second, asIs))
    .filter((second) => second !== 0);
  const all = {
    seconds,
    years: (spec.calendars ?? []).flatMap(({ year }) => expandRanges(year, asIs)),
    offsetsSeconds: (spec.intervals ?? [])
      .map(({ offset }) => (offset ?? 0) / 1000)
      .filter((offset) => offset !== 0),
    skip: spec.skip,
    startAt: spec.startAt?.toISOString(),
    endAt: spec.endAt?.toISOString(),
    jitterMs: spec.jitter,
    moreArguments: (action.args ?? []).slice(1),
    retry: action.retry,
    timeoutsMs: [action.workflowExecutionTimeout, action.workflowRunTimeout].filter(
      (timeout) => !isEmpty(timeout),
    ),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !isEmpty(value)));
};

/** The shape of what Temporal has. */
export const describedShape = (description: ScheduleDescription): ScheduleShape => {
  const { spec, action, policies } = description;
  const attributes = action.typedSearchAttributes;
  const pairs = Array.isArray(attributes) ? attributes : (attributes?.getAll() ?? []);
  return {
    calendars: (spec.calendars ?? []).map(describedCalendar),
    everySeconds: (spec.intervals ?? []).map(({ every }) => every / 1000),
    timezone: spec.timezone || 'UTC',
    overlap: policies.overlap ?? 'SKIP',
    catchupSeconds: policies.catchupWindow / 1000,
    pauseOnFailure: policies.pauseOnFailure,
    workflowType: action.workflowType,
    taskQueue: action.taskQueue,
    workflowId: action.workflowId,
    input: action.args?.[0],
    attributes: Object.fromEntries(pairs.map(({ key, value }) => [key.name, value])),
    summary: action.staticSummary ?? '',
    details: action.staticDetails ?? '',
    unplanned: unplanned(description),
  };
};
