// A metric of a pack as it is rendered: a name that Prometheus knows it by, and the rows that its values come from. A
// value that is not there is left out: never a zero, never a NaN.

export const METRIC_TYPES = ['gauge', 'counter', 'histogram'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** Labels and values as they were found; of a histogram a value is one observation. */
export interface MetricRow {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
}

/** The newest sample of each series of one measure. */
interface SamplesSource {
  readonly monitor: string;
  readonly measure: string;
  /** Of a histogram, whose measure's series are labelled `le`: the measure that is the sum of what was observed. */
  readonly sum?: string;
}

/** Every ended run of the pack's jobs since the first, by `job`, `outcome` and `trigger`, dry runs apart. */
export interface RunsSource {
  readonly runs: RunFigure;
  /** Jobs of the pack. Missing: all of them. */
  readonly jobs?: readonly string[];
}

/** Runs · rows that they deleted · seconds that they took. */
export const RUN_FIGURES = ['count', 'deleted', 'seconds'] as const;
export type RunFigure = (typeof RUN_FIGURES)[number];

/** What the newest report of a health check says of each check, labelled `check`. */
interface CheckSource {
  readonly check: string;
  readonly measure: CheckFigure;
}

/** 0 PASS, 1 WARN, 2 FAIL · milliseconds, of checks that have any. */
export const CHECK_FIGURES = ['status', 'latency_ms'] as const;
export type CheckFigure = (typeof CHECK_FIGURES)[number];

/** One read-only statement at each scrape; every column but the value is a label. */
export interface SqlSource {
  readonly database: string;
  readonly sql: string;
  /** Column that is the number. */
  readonly value: string;
}

export type MetricSource = SamplesSource | RunsSource | CheckSource | SqlSource;

export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  /** One sentence. */
  readonly help: string;
  /** Somebody else has fixed it, though a lint of names would choose another. */
  readonly nameIsFixed: boolean;
  /** In words: percent, hours, rows. */
  readonly unit: string;
  /** Names of its labels, those that stand in `fixed` included; `pack` comes with every one. */
  readonly labels: readonly string[];
  /** Labels that are the same for every series. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Upper edges of a histogram, ascending, without infinity. */
  readonly buckets?: readonly number[];
  readonly from: MetricSource;
  /** How PromQL says measures of its monitor by this metric: what exported rules ask, by measure. */
  readonly tells?: Readonly<Record<string, string>>;
}

/** As people read it; the edges of a histogram as Prometheus writes them. */
export const edgeText = (edge: number): string => (edge === Number.POSITIVE_INFINITY ? '+Inf' : `${edge}`);
