// One series as the door sees it, look by look, without servers.

import type { AlertTiming, Firing, Report, RuleSnapshot } from '../../../src/domain/alerts/alert.ts';
import { type AlertMemory, advance, UNSEEN } from '../../../src/domain/alerts/alert-state.ts';
import type { Severity } from '../../../src/domain/alerts/severity.ts';

export const MINUTE = 60_000;
export const START = Date.parse('2026-02-10T12:00:00Z');

/** `!`: as bad as `warning`; `!!`: `critical`; `.`: fine; `~`: no band, not recovered; `0`: no data; `x`: failed; `-`: missing; blank: nobody looked. */
export type Sign = '!' | '!!' | '.' | '~' | '0' | 'x' | '-' | ' ';

export const firingAs = (severity: Severity, summary: string = severity): Firing => ({
  severity,
  severityWord: severity,
  alertType: summary,
  summary,
  facts: [],
  payload: {},
});

const aTimedRule = (timing?: AlertTiming): RuleSnapshot => ({
  pack: 'test-pack',
  name: 'pollution',
  routes: {},
  reopenWithinSeconds: 300,
  reopenAfterSeconds: 1800,
  ...(timing && { timing }),
});

export const aTick = (atMs: number, sign: Exclude<Sign, '-' | ' '>, rule = aTimedRule()): Report => {
  const at = new Date(atMs).toISOString();
  const state = sign === '0' ? 'noData' : 'error';
  return {
    rule,
    labels: {},
    subject: `tick/${at}`,
    subjectAt: at,
    asOf: at,
    ...(sign === '!' && { firing: firingAs('warning') }),
    ...(sign === '!!' && { firing: firingAs('critical') }),
    ...(sign === '~' && { notRecovered: true }),
    ...((sign === '0' || sign === 'x') && {
      unknown: { state, message: state, firing: firingAs('warning', state) },
    }),
  };
};

export interface Looked {
  readonly status: AlertMemory['status'];
  /** What is told, in short: the summary of its words. */
  readonly told: string | undefined;
}

/** The memory as a row keeps it. */
export const stored = (memory: AlertMemory): AlertMemory => JSON.parse(JSON.stringify(memory));

export const lookOnce = (
  before: AlertMemory,
  atMs: number,
  sign: Sign,
  timing?: AlertTiming,
): AlertMemory => {
  if (sign === ' ') return before;
  const at = new Date(atMs).toISOString();
  const seen =
    sign === '-'
      ? { missing: { pack: 'test-pack', rule: 'pollution', subject: `tick/${at}`, subjectAt: at } }
      : { report: aTick(atMs, sign) };
  return advance({ before, seen, timing, nowMs: atMs });
};

/** Looks a minute apart, or as far as `everyMs`. */
export const watch = (signs: readonly Sign[], timing?: AlertTiming, everyMs = MINUTE): readonly Looked[] => {
  let memory = UNSEEN;
  return signs.map((sign, place) => {
    memory = stored(lookOnce(memory, START + place * everyMs, sign, timing));
    return { status: memory.status, told: memory.told?.summary };
  });
};

/** One letter a status, upper case where people are told of it. */
export const course = (looked: readonly Looked[]): string => {
  const letters = { inactive: 'i', pending: 'p', firing: 'f', resolving: 'r', noData: 'n', error: 'e' };
  return looked
    .map(({ status, told }) => (told === undefined ? letters[status] : letters[status].toUpperCase()))
    .join('');
};

/** `'!!. 0'` is no way to write signs of two characters, so they are split at blanks: `'! ! . -'`; `_` is nobody looking. */
export const signs = (text: string): readonly Sign[] =>
  text.split(' ').map((sign) => (sign === '_' ? ' ' : (sign as Sign)));
