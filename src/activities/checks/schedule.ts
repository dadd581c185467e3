// `schedule`: whether Temporal has a schedule as it was declared, and will act on it.
import type { ScheduleDescription } from '@temporalio/client';
import { describedCalendar } from '../../adapters/temporal/schedule-calendar.ts';
import { describeSchedule } from '../../adapters/temporal/schedule-look.ts';
import { cronCalendars } from '../../catalog/cron.ts';
import type { ScheduleParams } from '../../domain/health/check-params.ts';
import { failed, passed, warned } from '../../domain/health/finding.ts';
import { type CheckDependencies, type CheckKind, paramsOfCheck } from './check-kind.ts';

export const createScheduleCheck =
  ({ temporal }: CheckDependencies): CheckKind =>
  async (asked) => {
    const { schedule, cron } = paramsOfCheck(asked) as ScheduleParams;
    const found = await describeSchedule(temporal, schedule);
    if (!found) return failed('Temporal has no such schedule; `sexton apply` makes it');
    const { state, info } = found;
    if (state.paused) return warned(state.note ? `paused (${state.note})` : 'paused');
    if (!runsAt(found, cron))
      return warned(`its times are not those declared (${cron}); \`sexton apply\` mends that`);
    if (info.nextActionTimes.length === 0) return warned('no next run is planned');
    return passed();
  };

/** At these times and no others. */
const runsAt = ({ spec }: ScheduleDescription, cron: string): boolean => {
  const { calendars = [], intervals = [], skip = [], startAt, endAt, timezone = 'UTC' } = spec;
  if (timezone !== '' && timezone !== 'UTC') return false;
  if (intervals.length > 0 || skip.length > 0 || startAt || endAt) return false;
  return JSON.stringify(calendars.map(describedCalendar)) === JSON.stringify(cronCalendars(cron));
};
