// Checks a dashboard by itself and brings it into the shape that is drawn; what it says of its pack is checked in
// faults/dashboard.ts.
import { z } from 'zod';
import {
  ALERT_VIEWS,
  COLOURS,
  type Dashboard,
  type Guide,
  type Panel,
  type PanelSource,
  RUN_VIEWS,
  UNITS,
  VISUALS,
} from '../../domain/dashboards/dashboard.ts';
import { doubled } from '../inspect.ts';
import { identifier, line, name, positiveDuration } from './names.ts';

const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(', ')}` });

const some = z
  .union([identifier, z.array(identifier).min(1, { error: 'must name at least one' })])
  .transform((given) => (typeof given === 'string' ? [given] : given));

const params = z.record(name, z.union([z.string(), z.number(), z.null()])).default({});
const within = (usual: string) => positiveDuration.prefault(usual);

const metricSource = z.strictObject({ metric: identifier, series: some.default([]) });
const alertsSource = z
  .strictObject({ alerts: oneOf(ALERT_VIEWS), within: within('24h') })
  .transform(({ within: withinSeconds, ...rest }) => ({ ...rest, withinSeconds }));
const runsSource = z
  .strictObject({
    runs: oneOf(RUN_VIEWS),
    within: within('7d'),
    jobs: z.array(name).min(1, { error: 'must name at least one; to have all leave it out' }).optional(),
    y: some.optional(),
  })
  .transform(({ within: withinSeconds, ...rest }) => ({ ...rest, withinSeconds }));
const reportSource = z.strictObject({
  report: name,
  params,
  x: identifier.optional(),
  y: some.optional(),
  series: some.optional(),
  until: identifier.optional(),
  state: identifier.optional(),
});

const SOURCES = {
  report: reportSource,
  metric: metricSource,
  alerts: alertsSource,
  runs: runsSource,
} as const;

/** Told apart by the field that only one of them has. */
const byField = <T>(schemas: Readonly<Record<string, z.ZodType>>) =>
  z.unknown().transform((input, context): T => {
    const fields = typeof input === 'object' && input !== null ? Object.keys(input) : [];
    const [, schema] = Object.entries(schemas).find(([field]) => fields.includes(field)) ?? [];
    const result = schema?.safeParse(input);
    if (result?.success) return result.data as T;
    const message = `must say ${Object.keys(schemas).join(' or ')}`;
    const issues = result?.error.issues ?? [{ code: 'custom' as const, path: [], message, input }];
    for (const issue of issues) context.addIssue({ ...issue });
    return z.NEVER;
  });

const source = byField<PanelSource>(SOURCES);

const colour = oneOf(COLOURS);

const threshold = z
  .strictObject({ above: z.number().optional(), atLeast: z.number().optional(), colour })
  .refine(({ above, atLeast }) => (above === undefined) !== (atLeast === undefined), {
    error: 'must say either above or atLeast',
  });

const thresholds = z
  .array(threshold)
  .default([])
  .refine(
    (steps) => {
      const limits = steps.map(({ above, atLeast }) => above ?? atLeast ?? Number.NaN);
      return limits.every((limit, place) => place === 0 || limit > (limits[place - 1] ?? limit));
    },
    { error: 'must be ascending' },
  );

const guide = byField<Guide>({
  at: z.strictObject({ label: line, at: z.number(), colour: colour.default('grey') }),
  report: z.strictObject({
    label: line,
    report: name,
    params,
    y: identifier,
    series: some.optional(),
    times: z.number().default(1),
  }),
});

const mark = z.strictObject({ of: identifier, at: line, above: z.number(), label: line, colour });

const panel = z
  .strictObject({
    title: line,
    about: line.optional(),
    visual: oneOf(VISUALS),
    source,
    also: z.array(source).default([]),
    unit: oneOf(UNITS).optional(),
    decimals: z.int().min(0).max(10).optional(),
    range: z
      .tuple([z.number(), z.number()])
      .refine(([from, to]) => from < to, { error: 'must be [from, to], ascending' })
      .optional(),
    thresholds,
    guides: z.array(guide).default([]),
    marks: z.array(mark).default([]),
    states: z.record(z.string(), colour).default({}),
    span: positiveDuration.optional(),
    refresh: positiveDuration.optional(),
  })
  .refine(({ visual, range }) => (visual === 'gauge') === (range !== undefined), {
    path: ['range'],
    error: 'must be there of a gauge, and of nothing else',
  })
  .transform(({ source: first, also, refresh, span, ...rest }) => ({
    ...rest,
    ...(span !== undefined && { spanSeconds: span }),
    sources: [first, ...also] as Panel['sources'],
    refresh,
  }));

const row = z.strictObject({
  title: line,
  refresh: positiveDuration.optional(),
  panels: z.array(panel).min(1, { error: 'must have a panel' }),
});

/** A dashboard as declared; see DashboardDefinition. */
export const dashboardSchema = z
  .strictObject({
    name,
    title: line,
    summary: line,
    refresh: positiveDuration.prefault('1m'),
    range: positiveDuration.prefault('24h'),
    rows: z.array(row).min(1, { error: 'must have a row' }),
  })
  .superRefine(({ rows }, context) => {
    for (const title of doubled(rows.flatMap(({ panels }) => panels.map((each) => each.title))))
      context.addIssue({ code: 'custom', path: ['rows'], message: `must have the title ${title} once` });
  })
  .transform(
    ({ rows, refresh, range, ...rest }): Dashboard => ({
      ...rest,
      rangeSeconds: range,
      rows: rows.map(({ title, panels, refresh: ofRow = refresh }) => ({
        title,
        panels: panels.map(
          ({ refresh: own = ofRow, ...each }) => ({ ...each, refreshSeconds: own }) as Panel,
        ),
      })),
    }),
  );

/** A dashboard that holds to every rule that can be judged by itself. */
export type CheckedDashboard = z.output<typeof dashboardSchema>;
