// One thing that `sexton doctor` finds out: how it stands, how long the answer took, and what to do about it.
import { plainWords } from '../../domain/plain-words.ts';
import { EXIT } from '../context.ts';

export interface Check {
  /** `temporal`, `postgres home`, `queue sexton-watch`. */
  readonly name: string;
  readonly verdict: 'PASS' | 'WARN' | 'FAIL';
  /** Milliseconds of the answer that it was judged by. */
  readonly ms: number;
  readonly said: string;
  /** What to do; missing where nothing need be done. */
  readonly next?: string;
  /** Nobody could be asked: the fault is the way there or the credentials, and what lies behind is not known. */
  readonly unknown?: true;
}

/** What a look comes to, its time apart. */
export type Finding = Omit<Check, 'name' | 'ms'>;

export const pass = (said: string): Finding => ({ verdict: 'PASS', said });
export const warn = (said: string, next: string): Finding => ({ verdict: 'WARN', said, next });
export const fail = (said: string, next: string): Finding => ({ verdict: 'FAIL', said, next });
export const unasked = (said: string, next: string): Finding => ({
  verdict: 'FAIL',
  said,
  next,
  unknown: true,
});

/** As long as any answer is waited for. */
export const ANSWER_MS = 8_000;

/** Of a line in a terminal. */
const MOST_CHARACTERS = 200;

/** Times a look; one that throws or takes too long could not be asked. */
export const check = async (
  name: string,
  next: string,
  look: (signal: AbortSignal) => Promise<Finding>,
): Promise<Check> => {
  const start = performance.now();
  const signal = AbortSignal.timeout(ANSWER_MS);
  const finding = await Promise.race([look(signal), late(signal)]).catch((error: unknown) =>
    unasked(plainWords(error, MOST_CHARACTERS), next),
  );
  return { name, ms: Math.round(performance.now() - start), ...finding };
};

const late = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const refuse = (): void => reject(new Error(`no answer within ${ANSWER_MS / 1000} s`));
    signal.addEventListener('abort', refuse, { once: true });
  });

/** 3 where something could not be asked, else 2 where something failed, else 1 where something is to be warned of. */
export const exitCodeOf = (checks: readonly Check[]): number => {
  if (checks.some(({ unknown }) => unknown)) return EXIT.unknown;
  if (checks.some(({ verdict }) => verdict === 'FAIL')) return EXIT.bad;
  return checks.some(({ verdict }) => verdict === 'WARN') ? EXIT.no : EXIT.yes;
};

/** One line a check, and one below it that says what to do. */
export const checkLines = (checks: readonly Check[]): readonly string[] => {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, verdict, ms, said, next }) => [
    `${verdict}  ${name.padEnd(width)}  ${`${ms}`.padStart(5)} ms  ${said}`,
    ...(next === undefined ? [] : [`      ${' '.repeat(width)}            → ${next}`]),
  ]);
};
