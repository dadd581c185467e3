// Reads everything that a scrape shows: Sexton's own rows at once, packs' statements side by side. One that fails or hangs
// is left out and named; where Sexton's own database does not answer there is nothing to show, and that is an error.
import type pg from 'pg';
import type { Databases } from '../adapters/postgres/databases.ts';
import {
  type FoundSample,
  readEvaluationAges,
  readNewestSamples,
  type WantedMeasure,
} from '../adapters/postgres/metrics/newest-samples.ts';
import { readObservations, readSeries } from '../adapters/postgres/metrics/observed.ts';
import { countOpenAlerts } from '../adapters/postgres/metrics/open-alerts.ts';
import { readRunTotals } from '../adapters/postgres/metrics/run-totals.ts';
import { lookReadOnly } from '../adapters/postgres/read-only.ts';
import type { Catalog, CatalogMetric } from '../catalog/catalog.ts';
import { longestGapSeconds } from '../catalog/cron.ts';
import type { SqlSource } from '../domain/metrics/metric.ts';
import {
  alertsOpen,
  declaredAlerts,
  evaluationAges,
  type FailedMetric,
  failedMetrics,
  runCounters,
} from './engine-metrics.ts';
import type { Gathered } from './gathered.ts';
import {
  gatherObservations,
  gatherRuns,
  gatherSampledBuckets,
  gatherSeries,
  type OfPack,
} from './pack-metrics.ts';

/** Below Prometheus' usual patience of 10 s. */
const LOOK_MS = 5_000;

/** A monitor that left out so many ticks no longer says how things are now. */
const FRESH_TICKS = 3;

type GatherCatalog = Pick<Catalog, 'monitors' | 'checks' | 'jobs' | 'metrics'>;

export interface GatherInput {
  readonly catalog: GatherCatalog;
  readonly databases: Pick<Databases, 'home' | 'of'>;
}

export interface Scrape {
  readonly gathered: readonly Gathered[];
  readonly failed: readonly FailedMetric[];
}

/** The monitor or health check that a metric shows, and its measures. */
const sampledBy = ({ metric: { from } }: Pick<CatalogMetric, 'metric'>) => {
  if ('check' in from) return { of: from.check, measures: [from.measure] };
  if (!('monitor' in from)) return undefined;
  return { of: from.monitor, measures: [from.measure, ...(from.sum === undefined ? [] : [from.sum])] };
};

/** Every measure that a metric shows, and how old its tick may be. */
const wantedMeasures = ({ metrics, monitors, checks }: GatherCatalog): readonly WantedMeasure[] => {
  const wanted = metrics.flatMap((each): readonly WantedMeasure[] => {
    const source = sampledBy(each);
    if (!source) return [];
    const scheduled = 'check' in each.metric.from ? checks : monitors;
    const watch = scheduled.find(({ pack, name }) => pack === each.pack && name === source.of);
    if (!watch) return [];
    const freshSeconds = FRESH_TICKS * longestGapSeconds(watch.schedule);
    return source.measures.map((measure) => ({ pack: each.pack, monitor: source.of, measure, freshSeconds }));
  });
  return [...new Map(wanted.map((each) => [JSON.stringify(each), each])).values()];
};

const ofSamples = (each: OfPack, samples: readonly FoundSample[]): Gathered | undefined => {
  const source = sampledBy(each);
  if (!source) return undefined;
  const [counts = [], sums = []] = source.measures.map((measure) =>
    samples.filter((one) => one.pack === each.pack && one.monitor === source.of && one.measure === measure),
  );
  return each.metric.type === 'histogram'
    ? gatherSampledBuckets(each, counts, sums)
    : gatherSeries(each, counts);
};

const ofStatement = async (
  each: CatalogMetric,
  from: SqlSource,
  databases: GatherInput['databases'],
): Promise<Gathered> => {
  const pool = databases.of(each.pack, from.database);
  if (!pool) throw new Error(`pack ${each.pack} has no database ${from.database} here`);
  const metric = { ...each.metric, from };
  const look = { timeoutMs: LOOK_MS, signal: AbortSignal.timeout(2 * LOOK_MS) };
  return lookReadOnly(pool, look, async (tx) =>
    metric.type === 'histogram'
      ? gatherObservations(each, await readObservations(tx, metric))
      : gatherSeries(each, await readSeries(tx, metric)),
  );
};

const ownRows = (home: pg.Pool, wanted: readonly WantedMeasure[]) =>
  lookReadOnly(home, { timeoutMs: LOOK_MS, signal: AbortSignal.timeout(2 * LOOK_MS) }, async (tx) => ({
    samples: await readNewestSamples(tx, wanted),
    totals: await readRunTotals(tx),
    open: await countOpenAlerts(tx),
    ages: await readEvaluationAges(tx),
  }));

/** Rejects where Sexton's own database does not answer. */
export const gatherMetrics = async ({ catalog, databases }: GatherInput): Promise<Scrape> => {
  const { samples, totals, open, ages } = await ownRows(databases.home, wantedMeasures(catalog));
  const failed: FailedMetric[] = [];
  const own = catalog.metrics.map(async (each): Promise<readonly Gathered[]> => {
    const { from } = each.metric;
    if ('runs' in from) return [gatherRuns({ ...each, metric: { ...each.metric, from } }, totals)];
    if (!('sql' in from)) return [ofSamples(each, samples)].filter((found) => found !== undefined);
    try {
      return [await ofStatement(each, from, databases)];
    } catch (error) {
      failed.push({
        pack: each.pack,
        metric: each.name,
        message: error instanceof Error ? error.message : String(error),
      });
      return [];
    }
  });
  const packs = (await Promise.all(own)).flat();
  const engine = [alertsOpen(declaredAlerts(catalog), open), evaluationAges(ages), ...runCounters(totals)];
  return { gathered: [...packs, ...engine, failedMetrics(failed)], failed };
};
