// What of the pages that were due has arrived: once, twice or not at all. Pure, but for waiting.
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../shared/statistics.ts';
import type { Fake, Taken } from './fake/fake.ts';
import type { Page } from './fake/protocol.ts';

export interface Counted {
  readonly due: number;
  /** Incidents whose page has come. */
  readonly arrived: number;
  /** Incidents without one. */
  readonly lost: number;
  /** Pages beyond the first of an incident's tier, each under a key of its own: people would be told twice. */
  readonly doubled: number;
  /** The same key again, which the provider took once. */
  readonly repeats: number;
}

export interface Lateness {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Seconds. */
export const latenessOf = (seconds: readonly number[]): Lateness => ({
  p50: percentile(seconds, 0.5),
  p95: percentile(seconds, 0.95),
  p99: percentile(seconds, 0.99),
  max: percentile(seconds, 1),
});

/** The first page of each incident at a tier, and how many came after it. */
export const pagesOf = (
  pages: readonly Page[],
  tier: string,
): { readonly first: ReadonlyMap<string, Page>; readonly more: number } => {
  const first = new Map<string, Page>();
  let more = 0;
  for (const page of pages) {
    if (page.tier !== tier) continue;
    if (first.has(page.incident)) more += 1;
    else first.set(page.incident, page);
  }
  return { first, more };
};

export const countArrivals = (
  incidents: readonly string[],
  { pages, repeats }: Taken,
  tier: string,
): Counted => {
  const { first, more } = pagesOf(pages, tier);
  const arrived = incidents.filter((id) => first.has(id)).length;
  return { due: incidents.length, arrived, lost: incidents.length - arrived, doubled: more, repeats };
};

export interface AwaitInput {
  readonly fake: Fake;
  readonly tier: string;
  readonly incidents: readonly string[];
  /** Without a further page for so long, what is missing is lost. */
  readonly silenceSeconds: number;
  /** Silence counts from then on, Unix milliseconds. Default: now. */
  readonly from?: number;
  readonly say?: (line: string) => void;
}

const LOOK_MS = 200;
const TELL_MS = 15_000;
/** After the last one a second page for the same would still be seen. */
const AFTERWARDS_MS = 1_500;

/** Waits until every incident's page has come, or none comes any more. */
export const awaitPages = async ({
  fake,
  tier,
  incidents,
  silenceSeconds,
  from = Date.now(),
  say = () => {},
}: AwaitInput): Promise<Taken> => {
  let [seen, heardAt, toldAt] = [0, from, Date.now()];
  for (;;) {
    const taken = await fake.taken();
    const { arrived } = countArrivals(incidents, taken, tier);
    if (arrived === incidents.length) break;
    const now = Date.now();
    if (arrived > seen) heardAt = Math.max(now, from);
    if (now - heardAt > silenceSeconds * 1000) break;
    if (now - toldAt > TELL_MS) {
      say(`  ${arrived} of ${incidents.length} pages of tier ${tier} so far`);
      toldAt = now;
    }
    seen = arrived;
    await sleep(LOOK_MS);
  }
  await sleep(AFTERWARDS_MS);
  return fake.taken();
};
