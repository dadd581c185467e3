// One rule with as many separate incidents as a flood has: a workflow may have 2,000 open children, so its monitor hands
// over a few a tick and reconcile the rest. The monitor's ticks must go on meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Counted, countArrivals, pagesOf } from '../arrivals.ts';
import type { Ground } from '../ground.ts';
import { makeQueues, stallQueues } from '../queues.ts';
import { FIRST_TIER, HOME } from '../terms.ts';
import { figuresOf, readTicks, type TickFigures } from '../ticks.ts';
import { onGround, type PartInput } from './part.ts';

export interface Many {
  readonly count: number;
  readonly counted: Counted;
  readonly notHandedOver: number;
  /** Seconds from the opening of the incidents until all were handed over, and until all pages had come. */
  readonly handedOverSeconds: number;
  readonly pagedSeconds: number;
  readonly ticks: TickFigures & { readonly missed: number };
  /** Each second: incidents that were handed over, pages that had come. */
  readonly course: readonly {
    readonly second: number;
    readonly handedOver: number;
    readonly pages: number;
  }[];
}

const MINUTE = 60_000;
/** Without progress for so long it is over. Above two ticks and three looks of reconcile. */
const SILENCE_MS = 150_000;
/** Ticks are looked at until so long after all is handed over, so that one of them sees everything open. */
const AFTERWARDS_MS = 75_000;

interface Progress {
  readonly incidents: readonly string[];
  readonly openedAt: number | undefined;
  readonly handedOver: number;
}

const progressOf = ({ connected }: Ground): Promise<Progress> =>
  connected(HOME, async (db) => {
    const { rows } = await db.query<Progress>(
      `SELECT coalesce(array_agg(pack || '/' || rule || '/' || number), '{}') AS incidents,
         extract(epoch FROM min(first_fired_at))::float8 * 1000 AS "openedAt",
         count(*) FILTER (WHERE handed_seq >= seq)::int AS "handedOver" FROM sexton.incident`,
    );
    const [row] = rows;
    if (!row) throw new Error('no answer from the home database');
    return { ...row, openedAt: row.openedAt ?? undefined };
  });

/** Minutes between the first tick and now that no tick was meant for. */
const missedTicks = async ({ client }: Ground) => {
  const ticks = await readTicks(client);
  const due = ticks.map(({ dueAt }) => dueAt);
  const minutes = Math.floor((Date.now() - Math.min(...due)) / MINUTE) + 1;
  return { ...figuresOf(ticks), missed: Math.max(0, minutes - new Set(due).size) };
};

const watch = async (ground: Ground, count: number, say: (line: string) => void) => {
  const course: { second: number; handedOver: number; pages: number }[] = [];
  let [best, heardAt] = [-1, Date.now()];
  let handedAt = Number.NaN;
  for (;;) {
    const progress = await progressOf(ground);
    const taken = await ground.fake.taken();
    const pages = pagesOf(taken.pages, FIRST_TIER).first.size;
    const { incidents, openedAt, handedOver } = progress;
    const now = Date.now();
    if (openedAt !== undefined)
      course.push({ second: Math.round((now - openedAt) / 1000), handedOver, pages });
    if (handedOver + pages > best) {
      [best, heardAt] = [handedOver + pages, now];
      say(`  ${incidents.length} open, ${handedOver} handed over, ${pages} paged`);
    }
    if (Number.isNaN(handedAt) && handedOver >= count) handedAt = now;
    const isDone = incidents.length >= count && handedOver >= count && pages >= count;
    if (isDone || now - heardAt > SILENCE_MS) return { progress, taken, course, handedAt };
    await sleep(1_000);
  }
};

export const measureMany = (input: PartInput): Promise<Many> =>
  onGround(input, { variables: { DRILL_FLOOD: '1' } }, async (ground) => {
    const { options, say } = input;
    const { count } = options;
    await makeQueues(ground, count);
    await ground.startWorkers(1);
    await ground.applySchedules();
    await stallQueues(ground);
    say('  waiting for the monitor’s tick');
    const { progress, taken, course, handedAt } = await watch(ground, count, say);
    const { incidents, openedAt = Number.NaN, handedOver } = progress;
    const counted = countArrivals(incidents, taken, FIRST_TIER);
    await sleep(AFTERWARDS_MS);
    return {
      count,
      // What never opened is lost as well.
      counted: { ...counted, due: count, lost: count - counted.arrived },
      notHandedOver: count - handedOver,
      handedOverSeconds: (handedAt - openedAt) / 1000,
      pagedSeconds: (Math.max(...taken.pages.map(({ at }) => at)) - openedAt) / 1000,
      ticks: await missedTicks(ground),
      course,
    };
  });
