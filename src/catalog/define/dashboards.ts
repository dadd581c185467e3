// What a team writes of its dashboards: plain data. Grafana gets them as files (`sexton grafana render`), and Sexton's own
// gateway serves them as pages. Checked in schema/dashboards.ts.
import type { ALERT_VIEWS, Colour, RUN_VIEWS, Unit, Visual } from '../../domain/dashboards/dashboard.ts';

type Params = Readonly<Record<string, string | number | null>>;

/** A report of the pack with its parameters, and what its columns are for. */
interface ReportSourceDefinition {
  readonly report: string;
  /** Where they differ from its defaults; durations as text. */
  readonly params?: Params;
  /** Along the bottom: instants of a line, names of bars; where something begins on a timeline. */
  readonly x?: string;
  /** Numbers to draw, or columns to list. Default: every column. */
  readonly y?: string | readonly string[];
  /** Columns whose values tell lines, bars or lanes apart. */
  readonly series?: string | readonly string[];
  /** Of a timeline: where it ends; empty while it goes on. */
  readonly until?: string;
  /** Of a timeline or status map: the column that `states` colours. */
  readonly state?: string;
}

/** A metric of the pack, or `alerts_open`. */
interface MetricSourceDefinition {
  readonly metric: string;
  /** Labels that tell its series apart; the others are added up. Default: none. */
  readonly series?: string | readonly string[];
}

/**
 * What Sexton tells people of this pack: `history`, the alerts of a time, newest first · `states`, every rule of its monitors and
 * how it stands now · `incidents`, each from its firing to its end.
 */
interface AlertsSourceDefinition {
  readonly alerts: (typeof ALERT_VIEWS)[number];
  /** Default `24h`. */
  readonly within?: string;
}

/** Ended runs of the pack's jobs: `by-day` (day, runs, failed, deleted) · `errors`, those that failed, newest first. */
interface RunsSourceDefinition {
  readonly runs: (typeof RUN_VIEWS)[number];
  /** Default `7d`. */
  readonly within?: string;
  /** Default: every job of the pack. */
  readonly jobs?: readonly string[];
  /** Default: every column. */
  readonly y?: string | readonly string[];
}

/** Where a panel's rows come from. */
export type PanelSourceDefinition =
  | ReportSourceDefinition
  | MetricSourceDefinition
  | AlertsSourceDefinition
  | RunsSourceDefinition;

/** From there on, in this colour; the last that holds counts, below the first it is green. `above` is strict. */
export type ThresholdDefinition =
  | { readonly above: number; readonly colour: Colour }
  | { readonly atLeast: number; readonly colour: Colour };

/** A line to hold values against: a number, or a column of a report, times something. */
export type GuideDefinition =
  | { readonly label: string; readonly at: number; readonly colour?: Colour }
  | {
      readonly label: string;
      readonly report: string;
      readonly params?: Params;
      readonly y: string;
      readonly series?: string | readonly string[];
      /** Default 1. */
      readonly times?: number;
    };

/** One bar that is told apart, in its own colour, where it is above a limit. */
export interface MarkDefinition {
  /** Column of its number. */
  readonly of: string;
  /** Name of the bar, as its column along the bottom has it. */
  readonly at: string;
  /** Strict. */
  readonly above: number;
  readonly label: string;
  readonly colour: Colour;
}

/** One picture. */
export interface PanelDefinition {
  /** Unique in its dashboard. */
  readonly title: string;
  /** What it shows, where its title does not say it. */
  readonly about?: string;
  readonly visual: Visual;
  readonly source: PanelSourceDefinition;
  /** More of the same, drawn into the same picture. */
  readonly also?: readonly PanelSourceDefinition[];
  readonly unit?: Unit;
  /** Digits after the point. Default: the column's, of a metric 2. */
  readonly decimals?: number;
  /** Of a gauge, which must have one. What is past an end pins the needle, and shows its number all the same. */
  readonly range?: readonly [number, number];
  readonly thresholds?: readonly ThresholdDefinition[];
  readonly guides?: readonly GuideDefinition[];
  /** Only of bars. */
  readonly marks?: readonly MarkDefinition[];
  /** Which colour a word has, in tables, lists, timelines and status maps. */
  readonly states?: Readonly<Record<string, Colour>>;
  /** Of a line or timeline: how far back it goes. Default: as far as the dashboard. */
  readonly span?: string;
  /** How often it is asked anew. Default: its row's. */
  readonly refresh?: string;
}

/** Panels side by side. */
export interface DashboardRowDefinition {
  readonly title: string;
  /** Default: the dashboard's. */
  readonly refresh?: string;
  readonly panels: readonly PanelDefinition[];
}

/** Panels in rows. */
export interface DashboardDefinition {
  /** Unique in its pack; lower case, digits, `_` and `-`. */
  readonly name: string;
  readonly title: string;
  /** One line for lists. */
  readonly summary: string;
  /** How often panels are asked anew. Default `1m`. */
  readonly refresh?: string;
  /** How far back lines and timelines go. Default `24h`. */
  readonly range?: string;
  readonly rows: readonly DashboardRowDefinition[];
}

/** Gives a dashboard its types; it is checked when its pack is loaded. */
export const defineDashboard = (dashboard: DashboardDefinition): DashboardDefinition => dashboard;
