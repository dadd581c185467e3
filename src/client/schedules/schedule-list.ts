// Schedules as people list them: what is declared, what Temporal does with it, and how its last run went.
import { type Client, type ScheduleExecutionResult, WorkflowNotFoundError } from '@temporalio/client';
import type pg from 'pg';
import { readRun } from '../../adapters/postgres/runs/run-list.ts';
import { describeSchedule } from '../../adapters/temporal/schedule-look.ts';
import { formatDuration } from '../../domain/duration.ts';
import { scheduleIdOf } from '../../domain/ids.ts';
import { declaredSchedules, type Scheduled } from '../sync/schedule-spec.ts';

export interface ListedSchedule {
  readonly id: string;
  /** Five cron fields in UTC, or `every 30s`; as declared. */
  readonly cron: string;
  /** False where `apply` has yet to create it; the rest is then null. */
  readonly applied: boolean;
  /** ISO-8601; null while it is paused. */
  readonly nextAt: string | null;
  readonly paused: boolean;
  /** By whom and why, while it is paused. */
  readonly note: string | null;
  readonly last: LastRun | null;
}

interface LastRun {
  readonly workflowId: string;
  readonly at: string;
  /** State of the run; `forgotten` where neither home nor Temporal knows it any more. */
  readonly result: string;
}

interface ListInput {
  readonly client: Client;
  readonly home: pg.Pool;
  readonly catalog: Scheduled;
}

export const listSchedules = ({ client, home, catalog }: ListInput): Promise<readonly ListedSchedule[]> => {
  const { jobs, monitors, checks = [], digests = [] } = catalog;
  const all = [...jobs, ...monitors, ...checks, ...digests];
  const cronOf = new Map(all.map(({ id, schedule }) => [scheduleIdOf(id), schedule]));
  return Promise.all(
    declaredSchedules(catalog).map(async ({ id, shape }): Promise<ListedSchedule> => {
      const cron = cronOf.get(id) ?? `every ${shape.everySeconds.map(formatDuration).join(', ')}`;
      const found = await describeSchedule(client, id);
      if (!found) return { id, cron, applied: false, nextAt: null, paused: false, note: null, last: null };
      const { state, info } = found;
      const [next] = info.nextActionTimes;
      const newest = info.recentActions.at(-1);
      return {
        id,
        cron,
        applied: true,
        nextAt: state.paused || !next ? null : next.toISOString(),
        paused: state.paused,
        note: state.paused ? (state.note ?? null) : null,
        last: newest ? await lastRun({ client, home }, newest) : null,
      };
    }),
  );
};

const lastRun = async (
  { client, home }: Pick<ListInput, 'client' | 'home'>,
  { takenAt, action }: ScheduleExecutionResult,
): Promise<LastRun> => {
  const { workflowId, firstExecutionRunId } = action.workflow;
  const run = await readRun(home, firstExecutionRunId);
  const result = run?.state ?? (await statusOf(client, workflowId, firstExecutionRunId));
  return { workflowId, at: takenAt.toISOString(), result };
};

/** A run without a row has not begun, or is no job's. */
const statusOf = async (client: Client, workflowId: string, runId: string): Promise<string> => {
  try {
    const { status } = await client.workflow.getHandle(workflowId, runId).describe();
    return status.name.toLowerCase();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'forgotten';
    throw error;
  }
};
