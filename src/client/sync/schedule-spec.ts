// What each schedule should be: one a job, one a monitor, one a health check, one a digest, and one for reconcile.
import { type CalendarSpec, DAYS_OF_WEEK, MONTHS, type ScheduleOptions } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type {
  Catalog,
  CatalogCheck,
  CatalogDigest,
  CatalogJob,
  CatalogMonitor,
} from '../../catalog/catalog.ts';
import { cronCalendars } from '../../catalog/cron.ts';
import type { Calendar } from '../../domain/calendar.ts';
import { type DigestInput, digestStaticDetails, digestStaticSummary } from '../../domain/digests/digest.ts';
import type { HealthInput } from '../../domain/health/health.ts';
import { healthStaticDetails, healthStaticSummary } from '../../domain/health/text.ts';
import {
  checkScheduleId,
  digestScheduleId,
  jobScheduleId,
  monitorScheduleId,
  ORCHESTRATION_QUEUE,
  RECONCILE_QUEUE,
  RECONCILE_SCHEDULE_ID,
  RECONCILE_WORKFLOW_ID,
  scheduledDigestWorkflowId,
  scheduledHealthWorkflowId,
  scheduledMonitorWorkflowId,
  scheduledRunWorkflowId,
} from '../../domain/ids.ts';
import { jobStaticDetails, jobStaticSummary } from '../../domain/jobs/text.ts';
import type { MonitorInput } from '../../domain/monitors/evaluation.ts';
import { monitorStaticDetails, monitorStaticSummary } from '../../domain/monitors/text.ts';
import { RECONCILE_EVERY_SECONDS } from '../../domain/reconcile.ts';
import type { ScheduleShape } from './schedule-shape.ts';

/** A schedule and its id. */
export interface DeclaredSchedule {
  readonly id: string;
  readonly shape: ScheduleShape;
}

/**
 * How late Temporal itself may still start a missed tick. Long enough for its own restart or failover; not
 * longer, because a job that is meant for the quiet hours must not begin in busy ones, and because the next
 * run does the missed one's work. Missed ticks are counted by the schedule. (Workers that are down miss
 * nothing: the run is started and waits for them.)
 */
const JOB_CATCHUP_SECONDS = 3600;

/** The least that Temporal knows. Reconcile looks at everything each time, so a tick that was missed is worth nothing. */
const LEAST_CATCHUP_SECONDS = 10;

/** Below a cadence, so that after an outage of Temporal itself a monitor catches up with one tick at most, the newest. */
const MONITOR_CATCHUP_SECONDS = 60;

/** There are few a day, so one that was missed is worth being late. */
const HEALTH_CATCHUP_SECONDS = 3600;

/** A digest that comes some hours late is still read; one of yesterday is. */
const DIGEST_CATCHUP_SECONDS = 86_400;

const COMMON = { timezone: 'UTC', overlap: 'SKIP', pauseOnFailure: false, unplanned: {} } as const;

const jobSchedule = ({ pack, name, schedule, snapshot }: CatalogJob): DeclaredSchedule => ({
  id: jobScheduleId(pack, name),
  shape: {
    ...COMMON,
    calendars: cronCalendars(schedule),
    everySeconds: [],
    catchupSeconds: JOB_CATCHUP_SECONDS,
    workflowType: 'job',
    taskQueue: ORCHESTRATION_QUEUE,
    workflowId: scheduledRunWorkflowId(pack, name),
    input: { job: snapshot, request: { trigger: 'schedule' } },
    attributes: { SextonPack: pack, SextonKind: 'job', SextonName: name },
    summary: jobStaticSummary(snapshot),
    details: jobStaticDetails(snapshot),
  },
});

const reconcileSchedule: DeclaredSchedule = {
  id: RECONCILE_SCHEDULE_ID,
  shape: {
    ...COMMON,
    calendars: [],
    everySeconds: [RECONCILE_EVERY_SECONDS],
    catchupSeconds: LEAST_CATCHUP_SECONDS,
    workflowType: 'reconcile',
    taskQueue: RECONCILE_QUEUE,
    workflowId: RECONCILE_WORKFLOW_ID,
    input: {},
    attributes: { SextonKind: 'reconcile', SextonName: 'reconcile' },
    summary: 'Repairs what was left between two steps',
    details: `Every ${RECONCILE_EVERY_SECONDS} s: completes run and audit rows, frees locks and fences of the dead.`,
  },
};

const monitorSchedule = (
  { pack, name, schedule, snapshot }: CatalogMonitor,
  { ringAfterSeconds }: Catalog['settings'],
): DeclaredSchedule => {
  const input: MonitorInput = { v: 1, monitor: snapshot, ringAfterSeconds };
  const catchupSeconds = Math.min(MONITOR_CATCHUP_SECONDS, snapshot.cadenceSeconds);
  return {
    id: monitorScheduleId(pack, name),
    shape: {
      ...COMMON,
      calendars: cronCalendars(schedule),
      everySeconds: [],
      catchupSeconds: Math.max(LEAST_CATCHUP_SECONDS, catchupSeconds),
      workflowType: 'monitor',
      taskQueue: ORCHESTRATION_QUEUE,
      workflowId: scheduledMonitorWorkflowId(pack, name),
      input,
      attributes: { SextonPack: pack, SextonKind: 'monitor', SextonName: name },
      summary: monitorStaticSummary(snapshot),
      details: monitorStaticDetails(snapshot),
    },
  };
};

const healthSchedule = (
  { pack, name, schedule, snapshot }: CatalogCheck,
  { ringAfterSeconds }: Catalog['settings'],
): DeclaredSchedule => {
  const input: HealthInput = { v: 1, check: snapshot, ringAfterSeconds };
  return {
    id: checkScheduleId(pack, name),
    shape: {
      ...COMMON,
      calendars: cronCalendars(schedule),
      everySeconds: [],
      catchupSeconds: HEALTH_CATCHUP_SECONDS,
      workflowType: 'healthCheck',
      taskQueue: ORCHESTRATION_QUEUE,
      workflowId: scheduledHealthWorkflowId(pack, name),
      input,
      attributes: { SextonPack: pack, SextonKind: 'health-check', SextonName: name },
      summary: healthStaticSummary(snapshot),
      details: healthStaticDetails(snapshot),
    },
  };
};

const digestSchedule = ({ pack, name, schedule, snapshot }: CatalogDigest): DeclaredSchedule => {
  const input: DigestInput = { v: 1, digest: snapshot };
  return {
    id: digestScheduleId(pack, name),
    shape: {
      ...COMMON,
      calendars: cronCalendars(schedule),
      everySeconds: [],
      catchupSeconds: DIGEST_CATCHUP_SECONDS,
      workflowType: 'digest',
      taskQueue: ORCHESTRATION_QUEUE,
      workflowId: scheduledDigestWorkflowId(pack, name),
      input,
      attributes: { SextonPack: pack, SextonKind: 'digest', SextonName: name },
      summary: digestStaticSummary(snapshot),
      details: digestStaticDetails(snapshot),
    },
  };
};

/** What is scheduled of a catalog. */
export type Scheduled = Pick<Catalog, 'jobs' | 'monitors' | 'settings'> &
  Partial<Pick<Catalog, 'checks' | 'digests'>>;

/** Every schedule of a catalog. */
export const declaredSchedules = ({
  jobs,
  monitors,
  checks = [],
  digests = [],
  settings,
}: Scheduled): readonly DeclaredSchedule[] => [
  ...jobs.map(jobSchedule),
  ...monitors.map((monitor) => monitorSchedule(monitor, settings)),
  ...checks.map((check) => healthSchedule(check, settings)),
  ...digests.map(digestSchedule),
  reconcileSchedule,
];

const named = <Name>(values: readonly number[], names: readonly Name[], first: number): Name[] =>
  values.flatMap((value) => names[value - first] ?? []);

const calendarSpec = ({ minute, hour, dayOfMonth, month, dayOfWeek }: Calendar): CalendarSpec => ({
  minute: [...minute],
  hour: [...hour],
  dayOfMonth: [...dayOfMonth],
  month: named(month, MONTHS, 1),
  dayOfWeek: named(dayOfWeek, DAYS_OF_WEEK, 0),
});

/** What the Temporal client is given to create or update the schedule. */
export const scheduleOptions = ({ id, shape }: DeclaredSchedule): ScheduleOptions => ({
  scheduleId: id,
  spec: {
    calendars: shape.calendars.map(calendarSpec),
    intervals: shape.everySeconds.map((seconds) => ({ every: seconds * 1000 })),
    timezone: shape.timezone,
  },
  action: {
    type: 'startWorkflow',
    workflowType: shape.workflowType,
    workflowId: shape.workflowId,
    taskQueue: shape.taskQueue,
    args: [shape.input],
    staticSummary: shape.summary,
    staticDetails: shape.details,
    typedSearchAttributes: Object.entries(shape.attributes).map(([name, value]) => ({
      key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
      value: String(value),
    })),
  },
  policies: {
    overlap: shape.overlap,
    catchupWindow: shape.catchupSeconds * 1000,
    pauseOnFailure: shape.pauseOnFailure,
  },
});
