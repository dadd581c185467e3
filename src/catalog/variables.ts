// Environment variables as zod schemas over text, with rules in words. Packs describe their environment with
// these; a variable that two packs share must be described alike in both.
import { z } from 'zod';

/** Schema of one variable: text in, checked value out. `.optional()` and `.default()` as usual. */
export type Variable<T = unknown> = z.ZodType<T, string>;

const variable = (rule: string, holds: (text: string) => boolean) =>
  // The rule is written into the schema's meta so that two descriptions of one variable can be compared.
  z.string({ error: 'must be set' }).refine(holds, { error: rule }).meta({ rule });

const NUMBER = /^-?\d+(\.\d+)?$/;

/** Limits of a number; those left out do not limit. */
export interface NumberLimits {
  /** Excluded lower limit. */
  readonly above?: number;
  readonly atLeast?: number;
  /** Excluded upper limit. */
  readonly below?: number;
  readonly atMost?: number;
  /** Only whole numbers; default false. */
  readonly whole?: boolean;
}

const limitWords = ({ above, atLeast, below, atMost }: NumberLimits): string =>
  [
    above !== undefined && `> ${above}`,
    atLeast !== undefined && `>= ${atLeast}`,
    below !== undefined && `< ${below}`,
    atMost !== undefined && `<= ${atMost}`,
  ]
    .filter(Boolean)
    .join(' and ');

const within = (value: number, { above, atLeast, below, atMost, whole }: NumberLimits): boolean =>
  (above === undefined || value > above) &&
  (atLeast === undefined || value >= atLeast) &&
  (below === undefined || value < below) &&
  (atMost === undefined || value <= atMost) &&
  (!whole || Number.isSafeInteger(value));

/** A decimal number such as `0.95`; no exponents, no blanks, no empty text. */
export const number = (limits: NumberLimits = {}): Variable<number> => {
  const words = limitWords(limits);
  const noun = limits.whole ? 'a whole number' : words ? '' : 'a number';
  const rule = ['must be', noun, words].filter(Boolean).join(' ');
  return variable(rule, (text) => NUMBER.test(text) && within(Number(text), limits)).transform(Number);
};

const parses = (text: string): boolean => URL.canParse(text) && new URL(text).protocol !== '';

/** An address with a scheme; `schemes` narrows it, e.g. `['postgres', 'postgresql']`. Default http, https. */
export const url = (schemes: readonly string[] = ['http', 'https']): Variable<string> => {
  const starts = schemes.map((scheme) => `${scheme}://`);
  const rule = `must be a URL that starts with ${starts.join(' or ')}`;
  return variable(rule, (text) => parses(text) && starts.some((start) => text.startsWith(start)));
};

/** Address of a Postgres database. */
export const postgresUrl = (): Variable<string> => url(['postgres', 'postgresql']);

/** Address of a Redis server. */
export const redisUrl = (): Variable<string> => url(['redis', 'rediss']);

/** A key, token or id: not empty, no blanks in it. */
export const token = (): Variable<string> =>
  variable('must not be empty or hold blanks', (text) => /^\S+$/.test(text));

/** One e-mail address. */
export const email = (): Variable<string> =>
  variable('must be an e-mail address', (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text));

/** One of a few words. */
export const oneOf = <const Word extends string>(words: readonly Word[]): Variable<Word> =>
  variable(`must be ${words.join(', ').replace(/, ([^,]*)$/, ' or $1')}`, (text) =>
    words.some((word) => word === text),
  ).transform((text) => words.find((word) => word === text) ?? z.NEVER);

/** Where Sexton runs. Outside development nothing is embedded, so addresses are required (SLA-82). */
export const PROFILES = ['development', 'staging', 'production'] as const;

export type Profile = (typeof PROFILES)[number];

/** `SEXTON_PROFILE`, for packs whose rules depend on it. */
export const profile = () => oneOf(PROFILES).optional();

/** A text of a stated form; `rule` says it in words. */
export const text = (form: RegExp, rule: string): Variable<string> =>
  variable(rule, (value) => form.test(value));

/** A text that is not empty. */
export const line = (): Variable<string> => variable('must not be empty', (value) => value.trim() !== '');

/** An id such as `0b1f6c1e-7a2d-4c0b-9a52-1d0c6f5b8e77`. */
export const uuid = (): Variable<string> =>
  variable('must be a uuid', (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value));

/** A day: `2026-02-10`. */
export const date = (): Variable<string> =>
  variable('must be a day such as 2026-02-10', (value) => {
    const at = new Date(`${value}T00:00:00Z`);
    return !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === value;
  });

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** An instant with its zone, as it was written; what is not written out is not guessed. */
export const instant = (): Variable<string> =>
  variable(
    'must be an instant such as 2026-02-10T12:00:00Z',
    (value) => INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
  );
