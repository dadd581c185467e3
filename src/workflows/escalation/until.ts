// When a snooze or an acknowledgement ends: seconds, a duration and an instant are read here; a time on somebody's clock is
// read beside the workflow, which knows no zones.
import { parseDuration } from '../../domain/duration.ts';
import { resolveInstant } from '../proxies.ts';

/** At most one of these says when it ends. */
export interface Ending {
  /** An instant (ISO-8601), a duration, or a wall-clock time: `tomorrow 09:00 Europe/Berlin`. */
  readonly until?: string;
  /** Of `until`, where it does not name its own: `Europe/Berlin`. */
  readonly zone?: string;
  readonly seconds?: number;
  /** `2h`. */
  readonly for?: string;
}

export interface End {
  readonly untilMs: number;
  /** Where it was told as a time on a clock: what that came to. */
  readonly untilWords?: string;
}

export const ENDING_RULE = 'until must be a time to come, or seconds or for above 0';

/** Undefined where it needs a clock; NaN where it is none. */
const atOnce = ({ until, seconds, for: length }: Ending, nowMs: number): number | undefined => {
  const wait = seconds ?? (length === undefined ? undefined : (parseDuration(length) ?? Number.NaN));
  if (until === undefined) return nowMs + (wait ?? 0) * 1000;
  if (typeof until !== 'string') return Number.NaN;
  const after = parseDuration(until);
  if (after !== undefined) return nowMs + after * 1000;
  // why: without a zone of its own Date.parse would take it for the worker's.
  return /\d(Z|[+-]\d{2}:?\d{2})$/i.test(until) ? Date.parse(until) : undefined;
};

/** Whether an answer says when it ends. */
export const hasEnding = (ending: Ending | undefined): boolean =>
  ending?.until !== undefined || ending?.seconds !== undefined || ending?.for !== undefined;

/** Whether it may be a time to come, as far as that can be told without a clock. */
export const mayEnd = (ending: Ending, nowMs: number): boolean => {
  const at = hasEnding(ending) ? atOnce(ending, nowMs) : Number.NaN;
  return at === undefined || at > nowMs;
};

/** The end where no clock is needed for it, or in words why there is none. */
export const endAtOnce = (ending: Ending): End | { readonly fault: string } | undefined => {
  const nowMs = Date.now();
  const known = atOnce(ending, nowMs);
  if (known === undefined) return undefined;
  return known > nowMs ? { untilMs: known } : { fault: ENDING_RULE };
};

/** The end by a clock, or in words why there is none. */
export const endOf = async (ending: Ending): Promise<End | { readonly fault: string }> => {
  const { until = '', zone } = ending;
  const found = await resolveInstant({
    text: until,
    ...(zone !== undefined && { zone }),
    at: new Date(Date.now()).toISOString(),
  });
  if ('fault' in found) return { fault: `until ${found.fault}` };
  return found.ms > Date.now()
    ? { untilMs: found.ms, untilWords: found.words }
    : { fault: `until must be a time to come; that was ${found.words}` };
};
