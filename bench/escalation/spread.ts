// Escalations whose second tiers fall due one after another over a time, and how late each page then is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../src/domain/alerts/alert.ts';
import { drillRule, firingReport } from './alerts.ts';
import { awaitPages, type Counted, countArrivals, pagesOf } from './arrivals.ts';
import type { Ground } from './ground.ts';
import { evaluate, handOverAll } from './open.ts';
import { FIRST_TIER, SECOND_TIER } from './terms.ts';

export interface SpreadInput {
  readonly ground: Ground;
  readonly count: number;
  /** Second tiers fall due evenly over so long. */
  readonly seconds: number;
  /** Until the first of them, from the evaluation on: time for all first pages. */
  readonly leadSeconds: number;
  readonly concurrency: number;
  /** What is done to the house while they fall due, at this share of the time. */
  readonly meanwhile?: { readonly at: number; readonly act: () => Promise<void> };
  readonly say: (line: string) => void;
}

/** A page that has come: when it was due, Unix milliseconds, and how late it was. */
export interface Arrival {
  readonly dueAt: number;
  readonly seconds: number;
}

export interface Spread {
  readonly first: Counted;
  readonly second: Counted;
  readonly evaluation: number;
  /** Second pages in the order of their being due. */
  readonly arrivals: readonly Arrival[];
  /** When the first of them was due, Unix milliseconds. */
  readonly from: number;
  /** Seconds that were left when all first pages had come. */
  readonly spareSeconds: number;
  /** When `meanwhile` began, Unix milliseconds. */
  readonly actedAt?: number;
}

/** A page that has not come this long after the last one, or after the last was due, is lost. */
const SILENCE_SECONDS = 60;

/** Policies differ by this; the door gives all of one call the same instant. */
const STEP_SECONDS = 0.25;

/** Policies travel in rules, so those that fall due in the same step share a rule. */
const reportsOf = ({ count, seconds, leadSeconds }: SpreadInput) => {
  const tick = new Date().toISOString();
  const after = new Map<string, number>();
  const reports: Report[] = [];
  for (let n = 0; n < count; n += 1) {
    const step = Math.floor((n * seconds) / count / STEP_SECONDS);
    const name = `due_${step}`;
    const secondAfterSeconds = leadSeconds + step * STEP_SECONDS;
    after.set(name, secondAfterSeconds);
    reports.push(firingReport(drillRule({ name, secondAfterSeconds }), { queue: `q${n}` }, tick));
  }
  return { reports, after };
};

export const runSpread = async (input: SpreadInput): Promise<Spread> => {
  const { ground, seconds, concurrency, meanwhile, say } = input;
  const { fake } = ground;
  const { reports, after } = reportsOf(input);
  const evaluation = await evaluate(ground, reports);
  const opened = await handOverAll(ground, concurrency);
  const incidents = opened.map(({ id }) => id);
  const due = new Map(
    opened.map(({ id, rule, firedAt }) => [id, firedAt + (after.get(rule) ?? Number.NaN) * 1000]),
  );
  const from = Math.min(...due.values());
  const to = Math.max(...due.values());
  say(`  ${opened.length} opened (evaluation ${evaluation.toFixed(1)} s); waiting for their first pages`);
  await awaitPages({ fake, tier: FIRST_TIER, incidents, silenceSeconds: SILENCE_SECONDS, say });
  const spareSeconds = (from - Date.now()) / 1000;
  if (spareSeconds < 0)
    throw new Error(
      `first pages took ${Math.round(-spareSeconds)} s longer than the lead of ${input.leadSeconds} s: nothing can be said of the second ones`,
    );
  say(`  second tiers fall due over ${seconds} s, in ${Math.round(spareSeconds)} s`);
  let actedAt: number | undefined;
  const acting = async (): Promise<void> => {
    if (!meanwhile) return;
    await sleep(from + seconds * 1000 * meanwhile.at - Date.now());
    actedAt = Date.now();
    await meanwhile.act();
  };
  const [taken] = await Promise.all([
    awaitPages({ fake, tier: SECOND_TIER, incidents, silenceSeconds: SILENCE_SECONDS, from: to, say }),
    acting(),
  ]);
  const { first } = pagesOf(taken.pages, SECOND_TIER);
  const arrivals = [...due].flatMap(([id, dueAt]) => {
    const page = first.get(id);
    return page ? [{ dueAt, seconds: (page.at - dueAt) / 1000 }] : [];
  });
  return {
    first: countArrivals(incidents, taken, FIRST_TIER),
    second: countArrivals(incidents, taken, SECOND_TIER),
    evaluation,
    arrivals: arrivals.toSorted((a, b) => a.dueAt - b.dueAt),
    from,
    spareSeconds,
    ...(actedAt !== undefined && { actedAt }),
  };
};
