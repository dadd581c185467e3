// Metrics that Sexton has of itself, whatever packs declare: alerts that are open, how old what monitors know is, what runs
// came to, and which metrics could not be read.

import type { EvaluationAge } from '../adapters/postgres/metrics/newest-samples.ts';
import type { OpenAlerts } from '../adapters/postgres/metrics/open-alerts.ts';
import type { RunTotal } from '../adapters/postgres/metrics/run-totals.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Gathered } from './gathered.ts';

/** A severity that a rule may have, in the engine's word and in the pack's. */
interface DeclaredAlert {
  readonly pack: string;
  readonly rule: string;
  readonly severity: string;
  readonly word: string;
}

/** Every rule of monitors, health checks and jobs with each severity of its bands. */
export const declaredAlerts = ({
  monitors,
  checks,
  jobs,
}: Pick<Catalog, 'monitors' | 'checks' | 'jobs'>): readonly DeclaredAlert[] => {
  const monitored = monitors.flatMap(({ snapshot }) =>
    snapshot.rules.map(({ rule, bands }) => ({ rule, bands })),
  );
  const checked = checks.flatMap(({ snapshot: { alerts } }) =>
    alerts ? [{ rule: alerts.rule, bands: [alerts.warn, alerts.fail].flatMap((band) => band ?? []) }] : [],
  );
  const ofJobs = jobs.flatMap(({ snapshot: { alerts } }) => [
    ...(alerts?.budget ? [alerts.budget] : []),
    ...(alerts?.failure ? [{ rule: alerts.failure.rule, bands: [alerts.failure.band] }] : []),
  ]);
  const all = [...monitored, ...checked, ...ofJobs].flatMap(({ rule, bands }) =>
    bands.map(({ severity, severityWord }) => ({
      pack: rule.pack,
      rule: rule.name,
      severity,
      word: severityWord,
    })),
  );
  const seen = new Map(all.map((each) => [[each.pack, each.rule, each.severity].join('/'), each]));
  return [...seen.values()];
};

/** A 0 for what is declared and does not fire: that is known, and no missing value. */
export const alertsOpen = (declared: readonly DeclaredAlert[], open: readonly OpenAlerts[]): Gathered => {
  const isOf = (a: { pack: string; rule: string; severity: string }, b: typeof a): boolean =>
    a.pack === b.pack && a.rule === b.rule && a.severity === b.severity;
  const unknown = open
    .filter((each) => !declared.some((one) => isOf(one, each)))
    .map(({ pack, rule, severity }) => ({ pack, rule, severity, word: severity }));
  return {
    name: 'alerts_open',
    type: 'gauge',
    help: 'Alerts that fire within open incidents.',
    values: [...declared, ...unknown].map((one) => ({
      labels: { pack: one.pack, alert: one.rule, severity: one.word },
      value: open.find((each) => isOf(one, each))?.alerts ?? 0,
    })),
  };
};

export const evaluationAges = (ages: readonly EvaluationAge[]): Gathered => ({
  name: 'sexton_evaluation_age_seconds',
  type: 'gauge',
  help: 'Age of the newest tick that was evaluated of each monitor.',
  values: ages.map(({ pack, monitor, seconds }) => ({ labels: { pack, monitor }, value: seconds })),
});

const sumBy = (
  totals: readonly RunTotal[],
  labelsOf: (total: RunTotal) => Readonly<Record<string, string>>,
  of: 'runs' | 'deleted',
) => {
  const sums = new Map<string, { labels: Readonly<Record<string, string>>; value: number }>();
  for (const total of totals) {
    const labels = labelsOf(total);
    const key = JSON.stringify(Object.values(labels));
    sums.set(key, { labels, value: (sums.get(key)?.value ?? 0) + total[of] });
  }
  return [...sums.values()];
};

export const runCounters = (totals: readonly RunTotal[]): readonly Gathered[] => [
  {
    name: 'sexton_runs_total',
    type: 'counter',
    help: 'Runs of jobs that ended, dry runs apart.',
    values: sumBy(totals, ({ pack, job, outcome, trigger }) => ({ pack, job, outcome, trigger }), 'runs'),
  },
  {
    name: 'sexton_deleted_rows_total',
    type: 'counter',
    help: 'Rows that runs of jobs deleted.',
    values: sumBy(totals, ({ pack, job }) => ({ pack, job }), 'deleted'),
  },
];

/** A metric of a pack whose statement or database did not answer at this scrape. */
export interface FailedMetric {
  readonly pack: string;
  readonly metric: string;
  readonly message: string;
}

/** Only of those that failed: with none it is absent. */
export const failedMetrics = (failed: readonly FailedMetric[]): Gathered => ({
  name: 'sexton_metric_failed',
  type: 'gauge',
  help: 'Metrics of packs that could not be read at this scrape and are left out.',
  values: failed.map(({ pack, metric }) => ({ labels: { pack, metric }, value: 1 })),
});
