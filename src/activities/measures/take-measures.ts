// Takes the measures of a monitor side by side, a few at once. Each has its own time, and one that hangs or throws costs
// its own readings and nobody else's.
import type { Taken } from '../../domain/monitors/measure.ts';
import type { MeasureSnapshot, MonitorSnapshot } from '../../domain/monitors/monitor.ts';
import { sqlState } from '../failures.ts';
import type { MeasureKinds } from './index.ts';
import { type Counters, MeasureError, type Once, type Took } from './measure-kind.ts';

export interface TakeInput {
  readonly monitor: Pick<MonitorSnapshot, 'pack' | 'measures'>;
  /** Home's clock. */
  readonly asOf: string;
  /** Ends them all. */
  readonly signal: AbortSignal;
  /** Of each measure, as they stood at the tick before. */
  readonly before: ReadonlyMap<string, Counters>;
  /** The newest tick before this one that each was taken at; of those that ask for it. */
  readonly lastTaken?: ReadonlyMap<string, string>;
}

export type TakenMeasure = Taken & { readonly counters?: Counters };

const AT_ONCE = 5;

/** In the order in which they are declared. */
export const takeMeasures = async (
  kinds: MeasureKinds,
  input: TakeInput,
): Promise<readonly TakenMeasure[]> => {
  const waiting = Object.entries(input.monitor.measures).entries();
  const once = createOnce();
  const taken: TakenMeasure[] = [];
  const lane = async (): Promise<void> => {
    for (const [place, [name, measure]] of waiting)
      taken[place] = await takeOne(kinds, { ...input, once }, name, measure);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return taken;
};

const createOnce = (): Once => {
  const asked = new Map<string, Promise<unknown>>();
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const answer = asked.get(key) ?? ask();
    asked.set(key, answer);
    return answer as Promise<T>;
  };
};

const takeOne = async (
  kinds: MeasureKinds,
  { monitor: { pack }, asOf, signal, before, lastTaken, once }: TakeInput & { readonly once: Once },
  name: string,
  { kind, timeoutSeconds, with: params }: MeasureSnapshot,
): Promise<TakenMeasure> => {
  const take = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (!take)
    return refused(
      name,
      asOf,
      new MeasureError('UNKNOWN_KIND', `this worker knows no measure of kind ${kind}`),
    );
  const timeoutMs = timeoutSeconds * 1000;
  const clock = new AbortController();
  const both = AbortSignal.any([signal, clock.signal]);
  const late = new MeasureError('TIMEOUT', `no answer within ${timeoutSeconds} s`);
  const timer = setTimeout(() => clock.abort(late), timeoutMs);
  try {
    const known = { before: before.get(name), lastTaken: lastTaken?.get(name) };
    const asked = { pack, params, asOf, timeoutMs, signal: both, once, ...known };
    // Also of one that does not listen to its signal nobody waits for longer.
    const took = await Promise.race([take(asked), untilAborted(both)]);
    return { measure: name, ...took };
  } catch (error) {
    return refused(name, asOf, clock.signal.aborted ? late : error);
  } finally {
    clearTimeout(timer);
    clock.abort();
  }
};

const untilAborted = (signal: AbortSignal): Promise<Took> =>
  new Promise((_, reject) => {
    const refuse = (): void => reject(signal.reason);
    if (signal.aborted) refuse();
    signal.addEventListener('abort', refuse, { once: true });
  });

const refused = (measure: string, asOf: string, error: unknown): TakenMeasure => ({
  measure,
  asOf,
  error: { type: typeOf(error), message: plain(error instanceof Error ? error.message : String(error)) },
});

const typeOf = (error: unknown): string => {
  if (error instanceof MeasureError) return error.type;
  const state = sqlState(error);
  if (state === '57014') return 'TIMEOUT';
  return state === undefined ? 'FAILED' : `SQL_${state}`;
};

const MOST_CHARACTERS = 300;

/** One short line without what addresses keep secret. */
const plain = (message: string): string =>
  message
    .replaceAll(/:\/\/[^\s/@]*@/g, '://…@')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, MOST_CHARACTERS);
