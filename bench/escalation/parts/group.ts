// A rule that folds its alerts into one incident, and as many alerts as a flood has: one incident, one page.
import { setTimeout as sleep } from 'node:timers/promises';
import { drillRule, firingReport } from '../alerts.ts';
import { awaitPages } from '../arrivals.ts';
import { evaluate, handOverAll } from '../open.ts';
import { FAR_SECONDS, FIRST_TIER, HOME } from '../terms.ts';
import { onGround, type PartInput } from './part.ts';

export interface Group {
  readonly fingerprints: number;
  readonly incidents: number;
  readonly pages: number;
  /** Seconds of the door: when they come, and when they are looked at again and nothing has changed. */
  readonly evaluation: number;
  readonly again: number;
}

/** What would come too much has come by then. */
const AFTERWARDS_MS = 5_000;

export const measureGroup = (input: PartInput): Promise<Group> =>
  onGround(input, {}, async (ground) => {
    const { count, concurrency } = input.options;
    await ground.startWorkers(1);
    const rule = drillRule({ name: 'grouped', secondAfterSeconds: FAR_SECONDS, groupBy: ['region'] });
    const reports = (at: number) =>
      Array.from({ length: count }, (_, n) =>
        firingReport(rule, { region: 'eu', queue: `q${n}` }, new Date(at).toISOString()),
      );
    const now = Date.now();
    const evaluation = await evaluate(ground, reports(now));
    const opened = await handOverAll(ground, concurrency);
    await awaitPages({
      fake: ground.fake,
      tier: FIRST_TIER,
      incidents: opened.map(({ id }) => id),
      silenceSeconds: 30,
    });
    const again = await evaluate(ground, reports(now + 60_000));
    await handOverAll(ground, concurrency);
    await sleep(AFTERWARDS_MS);
    const { pages } = await ground.fake.taken();
    const incidents = await ground.connected(HOME, async (db) => {
      const { rows } = await db.query<{ count: number }>('SELECT count(*)::int FROM sexton.incident');
      return rows[0]?.count ?? Number.NaN;
    });
    return { fingerprints: count, incidents, pages: pages.length, evaluation, again };
  });
