// A dashboard as plain data: rows of panels, each with what it shows and where that comes from. Who draws it, Grafana or
// Sexton's own page, is told nothing else.

export const VISUALS = [
  'stat',
  'gauge',
  'line',
  'bars',
  'histogram',
  'pie',
  'table',
  'list',
  'log',
  'timeline',
  'status-map',
] as const;
export type Visual = (typeof VISUALS)[number];

export const COLOURS = ['green', 'yellow', 'orange', 'red', 'blue', 'grey'] as const;
export type Colour = (typeof COLOURS)[number];

export const UNITS = [
  'count',
  'percent',
  'ratio',
  'seconds',
  'milliseconds',
  'hours',
  'per-hour',
  'per-day',
] as const;
export type Unit = (typeof UNITS)[number];

/** A report of the pack; columns of its answer by what they are for. */
export interface ReportPanelSource {
  readonly report: string;
  readonly params: Readonly<Record<string, string | number | null>>;
  /** Along the bottom: instants of a line, names of bars; where something begins on a timeline. */
  readonly x?: string;
  /** Numbers to draw, or columns to list. Missing: every column. */
  readonly y?: readonly string[];
  /** Columns whose values tell lines, bars or lanes apart. */
  readonly series?: readonly string[];
  /** Of a timeline: where it ends; empty while it goes on. */
  readonly until?: string;
  /** Of a timeline or status map: what it is in, in words that `states` colours. */
  readonly state?: string;
}

/** A metric of the pack, or `alerts_open`. */
export interface MetricPanelSource {
  readonly metric: string;
  /** Labels that tell its series apart; the others are added up. */
  readonly series: readonly string[];
}

/**
 * What Sexton tells people of this pack: alerts of a time, newest first · every rule of its monitors and the state that it
 * is in now · incidents from firing to end.
 */
export const ALERT_VIEWS = ['history', 'states', 'incidents'] as const;
export interface AlertsPanelSource {
  readonly alerts: (typeof ALERT_VIEWS)[number];
  readonly withinSeconds: number;
}

/** Ended runs of the pack's jobs: their number and rows by day · those that failed, newest first. */
export const RUN_VIEWS = ['by-day', 'errors'] as const;
export interface RunsPanelSource {
  readonly runs: (typeof RUN_VIEWS)[number];
  readonly withinSeconds: number;
  readonly jobs?: readonly string[];
  /** As of a report. */
  readonly y?: readonly string[];
}

export type PanelSource = ReportPanelSource | MetricPanelSource | AlertsPanelSource | RunsPanelSource;

/** From there on, in this colour; the last that holds counts. */
export interface Threshold {
  readonly above?: number;
  readonly atLeast?: number;
  readonly colour: Colour;
}

/** A line to hold the values against: a number, or a column of a report, times something. */
export type Guide =
  | { readonly label: string; readonly at: number; readonly colour: Colour }
  | {
      readonly label: string;
      readonly report: string;
      readonly params: Readonly<Record<string, string | number | null>>;
      readonly y: string;
      readonly series?: readonly string[];
      readonly times: number;
    };

/** One bar that is told apart where it is above a limit. */
export interface Mark {
  /** Column of its number. */
  readonly of: string;
  /** Name of the bar, as its column along the bottom has it. */
  readonly at: string;
  /** Strict. */
  readonly above: number;
  readonly label: string;
  readonly colour: Colour;
}

export interface Panel {
  readonly title: string;
  readonly about?: string;
  readonly visual: Visual;
  /** One after the other, drawn into one picture. */
  readonly sources: readonly [PanelSource, ...PanelSource[]];
  readonly unit?: Unit;
  readonly decimals?: number;
  /** Of a gauge. What is past an end pins the needle, and shows its number all the same. */
  readonly range?: readonly [number, number];
  /** Ascending. Below the first it is green, or has no colour where there are none. */
  readonly thresholds: readonly Threshold[];
  readonly guides: readonly Guide[];
  /** Only of bars. */
  readonly marks: readonly Mark[];
  /** Of texts: which colour a word has. */
  readonly states: Readonly<Record<string, Colour>>;
  readonly refreshSeconds: number;
  /** Of a line or timeline: how far back it goes. Missing: as far as the dashboard. */
  readonly spanSeconds?: number;
}

interface DashboardRow {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** How far back lines go. */
  readonly rangeSeconds: number;
  readonly rows: readonly DashboardRow[];
}

export const panelsOf = ({ rows }: Dashboard): readonly Panel[] => rows.flatMap(({ panels }) => panels);

/** The shortest of its panels': how often a page of it is to be loaded anew. */
export const refreshSecondsOf = (dashboard: Dashboard): number =>
  Math.min(...panelsOf(dashboard).map(({ refreshSeconds }) => refreshSeconds));

/** The colour of a number; undefined where there is none to judge by. */
export const colourOf = (
  { thresholds }: Pick<Panel, 'thresholds'>,
  value: number | null,
): Colour | undefined => {
  if (value === null || thresholds.length === 0) return undefined;
  const reached = thresholds.filter(
    ({ above, atLeast }) =>
      (above === undefined || value > above) && (atLeast === undefined || value >= atLeast),
  );
  return reached.at(-1)?.colour ?? 'green';
};
