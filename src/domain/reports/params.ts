// Values for a report's parameters: its defaults, what somebody gave as text, and what is wrong with that.
import { formatDuration, parseDuration } from '../duration.ts';
import type { ReportParam } from './report.ts';

type Params = Readonly<Record<string, ReportParam>>;

/** Ready to be handed in: durations in seconds, instants as ISO-8601. */
export type ParamValues = Readonly<Record<string, string | number | null>>;

type Parsed = { readonly value: string | number | null } | { readonly fault: string };

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

const numberIn = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

const PARSERS: Readonly<Record<ReportParam['type'], (text: string) => string | number | undefined>> = {
  integer: (text) => (/^-?\d{1,9}$/.test(text) ? Number(text) : undefined),
  number: (text) => (Number.isFinite(numberIn(text)) ? numberIn(text) : undefined),
  text: (text) => text,
  duration: parseDuration,
  instant: (text) =>
    INSTANT.test(text) && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : undefined,
  date: (text) => {
    const at = new Date(`${text}T00:00:00Z`);
    return DATE.test(text) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)
      ? text
      : undefined;
  },
};

const WORDS: Readonly<Record<ReportParam['type'], string>> = {
  integer: 'a whole number',
  number: 'a number',
  text: 'a text',
  duration: 'a duration, such as 24h or 30d',
  instant: 'an instant, such as 2026-02-10T12:00:00Z',
  date: 'a day, such as 2026-02-10',
};

const shown = ({ type }: ReportParam, limit: number): string =>
  type === 'duration' ? formatDuration(limit) : String(limit);

const limitFault = (param: ReportParam, value: number): string | undefined => {
  const { min, max } = param;
  if (min !== undefined && value < min) return `must be at least ${shown(param, min)}`;
  return max !== undefined && value > max ? `must be at most ${shown(param, max)}` : undefined;
};

/** One value as it was given, as text or as it is handed in. */
export const parseParam = (param: ReportParam, given: string | number | null): Parsed => {
  const { type, oneOf } = param;
  if (given === null) return { value: null };
  const isSeconds = type === 'duration' && typeof given === 'number';
  const value = isSeconds ? given : PARSERS[type](String(given));
  if (value === undefined) return { fault: `must be ${WORDS[type]}` };
  if (oneOf && !oneOf.includes(String(value))) return { fault: `must be one of ${oneOf.join(', ')}` };
  const fault = typeof value === 'number' ? limitFault(param, value) : undefined;
  return fault === undefined ? { value } : { fault };
};

/** Every parameter's value, or every fault of what was given. */
export const paramValues = (
  params: Params,
  given: Readonly<Record<string, string | number | null>>,
): { readonly values: ParamValues; readonly faults: readonly string[] } => {
  const values: Record<string, string | number | null> = {};
  const known = Object.keys(params);
  const faults = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => `there is no parameter ${name}; there is ${known.join(', ') || 'none'}`);
  for (const [name, param] of Object.entries(params)) {
    const stated = given[name] ?? param.default;
    if (stated === undefined) {
      faults.push(`${name} must be given: ${param.about}`);
      continue;
    }
    const parsed = parseParam(param, stated);
    if ('fault' in parsed) faults.push(`${name} ${parsed.fault}, and was ${String(stated)}`);
    else values[name] = parsed.value;
  }
  return { values, faults };
};
