// A run looks ahead after each of its slices: when it will be done, and whether its budget holds until then. Whoever must
// know hears of a breach before it happens, and that it is out of sight again.
import type { SliceResult } from '../../activities/slice/slice.ts';
import {
  FIRST_SIGHT,
  look,
  newsOf,
  type Outlook,
  type Sight,
  sliceSecondsOf,
  worked,
} from '../../domain/jobs/foresight.ts';
import type { JobInput, RunPlan } from '../../domain/jobs/job.ts';
import type { RunAlerts } from './run-alerts.ts';

export interface Foresight {
  /** What the slice of this number is told of its length. */
  readonly given: (slice: number) => { readonly sliceSeconds?: number };
  /** A slice is over, well or not, that began then. */
  readonly worked: (sinceMs: number) => void;
  /** What is ahead after a slice; undefined while there is nothing to go by. */
  readonly look: (step: string, result: SliceResult) => Outlook | undefined;
  readonly sight: () => Sight;
}

export const createForesight = (
  { job, request = {}, carried }: JobInput,
  plan: RunPlan,
  alerts: Pick<RunAlerts, 'foresees'>,
): Foresight => {
  const budgetSeconds = request.budgetSeconds ?? job.budgetSeconds;
  const { sliceSeconds } = job.settings;
  const startedMs = Date.parse(plan.startedAt);
  let sight: Sight = carried?.sight ?? {
    ...FIRST_SIGHT,
    sample: { atMs: 0, deleted: carried?.progress.deleted ?? 0 },
  };

  const eligibleFrom = (step: string): { readonly step: number; readonly later: number } => {
    if (!plan.steps) return { step: plan.eligible, later: 0 };
    const place = job.steps.findIndex(({ name }) => name === step);
    const [own = 0, ...later] = job.steps.slice(place).map(({ name }) => plan.steps?.[name]?.eligible ?? 0);
    return { step: own, later: later.reduce((sum, rows) => sum + rows, 0) };
  };

  return {
    given: (slice) => {
      const seconds = sliceSecondsOf(slice, { budgetSeconds, sliceSeconds });
      return seconds === undefined ? {} : { sliceSeconds: seconds };
    },
    worked: (sinceMs) => {
      sight = worked(sight, Date.now() - sinceMs);
    },
    look: (step, { deleted, done, throttle, hold }) => {
      const eligible = eligibleFrom(step);
      const seen = look(sight, {
        deleted,
        // Whatever was expected of a step that is done, nothing is left of it.
        eligible: done ? { ...eligible, step: 0 } : eligible,
        elapsedSeconds: (Date.now() - startedMs) / 1000,
        budgetSeconds,
        idle: deleted === sight.sample.deleted && (throttle !== undefined || hold !== undefined),
      });
      sight = done ? { ...seen.sight, goneBefore: deleted } : seen.sight;
      const news = newsOf(sight);
      if (news && seen.outlook) {
        const told = alerts.foresees(news, seen.outlook);
        sight = { ...sight, told: told && news === 'beyond' };
      }
      return seen.outlook;
    },
    sight: () => sight,
  };
};
