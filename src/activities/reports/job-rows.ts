// The input `jobs` of a report: what is declared of a pack's jobs and, where it is asked for, how their schedules stand.
import { describeSchedule } from '../../adapters/temporal/schedule-look.ts';
import { jobScheduleId } from '../../domain/ids.ts';
import { type LookingDependencies, ofPack } from '../measures/looking.ts';

/** Named as statements name columns. */
interface JobRow {
  readonly job: string;
  readonly resource_type: string;
  readonly schedule: string;
  readonly budget_seconds: number;
  /** Only where schedules were asked for; null where Temporal did not answer. */
  readonly registered?: boolean | null;
  readonly paused?: boolean | null;
  readonly next_run?: string | null;
}

/** As they are declared. */
export const declaredRows = (declared: LookingDependencies['declared'], pack: string): readonly JobRow[] =>
  ofPack(declared?.jobs ?? [], pack).map(({ name, resourceType, schedule, budgetSeconds }) => ({
    job: name,
    resource_type: resourceType,
    schedule,
    budget_seconds: budgetSeconds,
  }));

/** With what Temporal has of their schedules; rejects where it does not answer. */
export const scheduledRows = (
  { declared, temporal }: Pick<LookingDependencies, 'declared' | 'temporal'>,
  pack: string,
): Promise<readonly JobRow[]> =>
  Promise.all(
    declaredRows(declared, pack).map(async (row) => {
      const found = await describeSchedule(temporal, jobScheduleId(pack, row.job));
      if (!found) return { ...row, registered: false, paused: null, next_run: null };
      const { paused } = found.state;
      const next = paused ? undefined : found.info.nextActionTimes[0];
      return { ...row, registered: true, paused, next_run: next?.toISOString() ?? null };
    }),
  );
