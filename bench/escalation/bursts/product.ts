// The product's burst: incidents that the door has opened are handed over at once, and their first pages are waited for.
import { watchCpu } from '../../shared/cpu.ts';
import { forgetStatements, readStatements } from '../../shared/statements.ts';
import { drillRule, firingReport } from '../alerts.ts';
import { awaitPages, countArrivals, latenessOf, pagesOf } from '../arrivals.ts';
import { readCourse } from '../course.ts';
import { clearAway, evaluate, handOverAll } from '../open.ts';
import { FAR_SECONDS, FIRST_TIER, HOME } from '../terms.ts';
import { type Burst, SILENCE_SECONDS, type Site, type Turn, timing, watchProcesses } from './burst.ts';

/** The one in the middle, and the slowest. */
const ofInterest = <T extends { readonly seconds: number }>(arrivals: readonly T[]) => {
  const sorted = arrivals.toSorted((a, b) => a.seconds - b.seconds);
  return [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)] as const;
};

export const productBurst = async (site: Site, { round, count }: Turn): Promise<Burst> => {
  const { ground, concurrency, say } = site;
  const tick = new Date().toISOString();
  const rule = drillRule({ name: 'flood', secondAfterSeconds: FAR_SECONDS });
  const reports = Array.from({ length: count }, (_, n) =>
    firingReport(rule, { queue: `q${n}`, round: `${round}` }, tick),
  );
  const evaluation = await evaluate(ground, reports);
  await ground.fake.forget();
  await ground.connected(HOME, forgetStatements);
  const [cpu, processes, from] = [watchCpu(), watchProcesses(site), Date.now()];
  const opened = await handOverAll(ground, concurrency);
  const incidents = opened.map(({ id }) => id);
  const taken = await awaitPages({
    fake: ground.fake,
    tier: FIRST_TIER,
    incidents,
    silenceSeconds: SILENCE_SECONDS,
    say,
  });
  const { first } = pagesOf(taken.pages, FIRST_TIER);
  const arrivals = opened.flatMap(({ id, workflowId, askedAt }) => {
    const page = first.get(id);
    return page ? [{ incident: id, workflowId, at: page.at, seconds: (page.at - askedAt) / 1000 }] : [];
  });
  const [middle, slowest] = ofInterest(arrivals);
  const to = Math.max(...arrivals.map(({ at }) => at));
  const statements = await ground.connected(HOME, (db) => readStatements(db, HOME));
  const burst: Burst = {
    round,
    what: 'sexton',
    count,
    ...timing({ from, to, ended: arrivals.map(({ at }) => at) }),
    each: latenessOf(arrivals.map(({ seconds }) => seconds)),
    evaluation,
    counted: countArrivals(incidents, taken, FIRST_TIER),
    cpu: cpu({ from, to }),
    cpuSeconds: processes(),
    statements,
    ...(middle && { middle: await readCourse(ground.client, middle) }),
    ...(slowest && { slowest: await readCourse(ground.client, slowest) }),
  };
  await clearAway(
    ground,
    opened.map(({ workflowId }) => workflowId),
  );
  return burst;
};
