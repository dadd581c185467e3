// What a team writes of its metrics: names under which the gateway's /metrics shows what is stored already. Nothing is
// counted in memory: a restart changes nothing, and two gateways tell one truth. Checked in schema/metrics.ts.
import type { CheckFigure, MetricType, RunFigure } from '../../domain/metrics/metric.ts';

/** The newest sample of each series of a monitor's measure; absent where it is null, or older than three ticks. */
interface SamplesSourceDefinition {
  /** A monitor of the pack. */
  readonly monitor: string;
  /** One of its measures, whose labels are the metric's. */
  readonly measure: string;
  /**
   * Only of a histogram: its measure has a series a bucket, labelled `le`, each the number of things at most that large
   * (`+Inf`: of all); this one has their sum.
   */
  readonly sum?: string;
}

/** Ended runs of the pack's jobs since the first one, retired rows included; labelled `job`, `outcome`, `trigger`. */
interface RunsSourceDefinition {
  /** How many · rows that they deleted · how long they took, in seconds (a histogram). Dry runs are not counted. */
  readonly runs: RunFigure;
  /** Default: every job of the pack. */
  readonly jobs?: readonly string[];
}

/** What the newest report of a health check says of each of its checks, labelled `check`. */
interface CheckSourceDefinition {
  /** A health check of the pack. */
  readonly check: string;
  /** 0 PASS, 1 WARN, 2 FAIL · milliseconds, of those that have any. */
  readonly measure: CheckFigure;
}

/** One read-only SELECT in one of the pack's databases at each scrape. It asks sexton.now(), never now(). */
interface SqlSourceDefinition {
  readonly database: string;
  /** A row is a series; of a histogram, a row is one observation. */
  readonly sql: string;
  /** Column that is the number; a null is absent. Every other column is a label. Default `value`. */
  readonly value?: string;
}

/** A name, and where its values come from. */
export interface MetricDefinition {
  /** As Prometheus wants it: `draft_total`. Every series also has the label `pack`. */
  readonly name: string;
  readonly type: MetricType;
  /** One sentence: what it is. */
  readonly help: string;
  /** In words: `percent`, `rows`, `hours`. */
  readonly unit: string;
  /** Names of its labels, in the order in which they are listed. Default: none. */
  readonly labels?: readonly string[];
  /** Labels that are the same for every series: `{ window: '24h' }`. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Upper edges of a histogram, ascending; of one over runs whole seconds. Infinity is added. */
  readonly buckets?: readonly number[];
  readonly from: SamplesSourceDefinition | RunsSourceDefinition | CheckSourceDefinition | SqlSourceDefinition;
  /**
   * How PromQL says measures of its monitor by this metric, by measure: what rules that are exported to Prometheus ask. Goes
   * before the plain metric of a measure, which is asked otherwise.
   */
  readonly tells?: Readonly<Record<string, string>>;
  /**
   * Somebody else has fixed its name: it is kept, though a lint of names would choose another. Where the lint has nothing
   * to say this must be left out.
   */
  readonly nameIsFixed?: boolean;
}

/** Gives a metric its types; it is checked when its pack is loaded. */
export const defineMetric = (metric: MetricDefinition): MetricDefinition => metric;
