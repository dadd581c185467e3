// When a schedule runs, field by field as cron has it, so that it can be compared with what was declared.
import type { CalendarSpecDescription, Range } from '@temporalio/client';
import { DAYS_OF_WEEK, MONTHS } from '@temporalio/client';
import type { Calendar } from '../../domain/calendar.ts';

/** Every value that a range allows, ascending; `position` gives each its number. */
export const expandRanges = <Unit>(
  ranges: readonly Range<Unit>[],
  position: (value: Unit) => number,
): readonly number[] => {
  const values = ranges.flatMap(({ start, end, step }) => {
    const [from, to] = [position(start), position(end)];
    return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
  });
  return [...new Set(values)].toSorted((a, b) => a - b);
};

export const asIs = (value: number): number => value;

export const describedCalendar = (spec: CalendarSpecDescription): Calendar => ({
  minute: expandRanges(spec.minute, asIs),
  hour: expandRanges(spec.hour, asIs),
  dayOfMonth: expandRanges(spec.dayOfMonth, asIs),
  month: expandRanges(spec.month, (month) => MONTHS.indexOf(month) + 1),
  dayOfWeek: expandRanges(spec.dayOfWeek, (day) => DAYS_OF_WEEK.indexOf(day)),
});
