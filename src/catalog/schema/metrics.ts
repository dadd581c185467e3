// Checks a metric by itself and brings it into the shape that is rendered; what it says of its pack is checked in
// faults/metric.ts.
import { z } from 'zod';
import { nameFindings } from '../../domain/metrics/lint.ts';
import { CHECK_FIGURES, METRIC_TYPES, type Metric, RUN_FIGURES } from '../../domain/metrics/metric.ts';
import { identifier, line, name } from './names.ts';
import { readStatement } from './statement.ts';

const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,79}$/;

const metricName = z
  .string()
  .regex(METRIC_NAME, { error: 'must be a name that Prometheus knows: letters, digits and _' })
  .refine((text) => !/^(sexton_|alerts_open$|__)/.test(text), {
    error: 'must not begin with sexton_ or __, nor be alerts_open: those are the engine’s',
  });

const labelName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, { error: 'must be the name of a label: a-z, 0-9 and _' })
  .refine((text) => text !== 'le' && text !== 'pack', {
    error: 'must not be le or pack, which have a meaning',
  });

const figure = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(', ')}` });

const someNames = z
  .array(name)
  .min(1, { error: 'must name at least one; to have all leave it out' })
  .optional();

/** By the field that only one of them has. */
const SOURCES = {
  monitor: z.strictObject({ monitor: name, measure: name, sum: name.optional() }),
  check: z.strictObject({ check: name, measure: figure(CHECK_FIGURES) }),
  runs: z.strictObject({ runs: figure(RUN_FIGURES), jobs: someNames }),
  sql: z.strictObject({ database: name, sql: readStatement, value: identifier.default('value') }),
} as const;

const source = z.unknown().transform((input, context): Metric['from'] => {
  const fields = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  const [, schema] = Object.entries(SOURCES).find(([field]) => fields.includes(field)) ?? [];
  const result = schema?.safeParse(input);
  if (result?.success) return result.data as Metric['from'];
  const issues = result?.error.issues ?? [
    { code: 'custom' as const, path: [], message: 'must say monitor, check, runs or sql', input },
  ];
  for (const issue of issues) context.addIssue({ ...issue });
  return z.NEVER;
});

const ascending = (edges: readonly number[]): boolean =>
  edges.every((edge, place) => place === 0 || edge > (edges[place - 1] ?? edge));

/** A metric as declared; see MetricDefinition. */
export const metricSchema = z
  .strictObject({
    name: metricName,
    type: z.enum(METRIC_TYPES, { error: `must be one of ${METRIC_TYPES.join(', ')}` }),
    help: line,
    unit: line,
    labels: z.array(labelName).default([]),
    fixed: z.record(labelName, line).default({}),
    buckets: z
      .array(z.number())
      .min(1, { error: 'must have an edge' })
      .refine(ascending, { error: 'must be ascending' })
      .optional(),
    from: source,
    tells: z.record(name, line).optional(),
    nameIsFixed: z.boolean().default(false),
  })
  .superRefine(({ name: own, type, buckets, from, labels, fixed, nameIsFixed, tells }, context) => {
    const fault = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    const findings = nameFindings(own, type);
    if (findings.length > 0 && !nameIsFixed)
      fault('name', `${findings.join('; ')}. Where somebody else fixed it, say nameIsFixed`);
    if (findings.length === 0 && nameIsFixed)
      fault('nameIsFixed', 'must be left out: no lint minds the name');
    if ((type === 'histogram') !== (buckets !== undefined))
      fault('buckets', 'must be there of a histogram, and of nothing else');
    for (const [place, each] of labels.entries())
      if (each in fixed || labels.indexOf(each) !== place) fault('labels', `must name ${each} once`);
    if (from === undefined) return;
    const isOf = (field: string): boolean => field in from;
    if (isOf('monitor') && (type === 'histogram') !== isOf('sum'))
      fault('from', 'must name the measure of their sum of a histogram, and of nothing else');
    if ('runs' in from && (from.runs === 'seconds') !== (type === 'histogram'))
      fault('from', 'seconds of runs make a histogram, their number and rows a counter');
    if ('runs' in from && type === 'gauge') fault('type', 'must be counter: runs only become more');
    if ('runs' in from && buckets?.some((edge) => !Number.isInteger(edge)))
      fault('buckets', 'must be whole seconds: runs that are retired are kept by those');
    if (tells && !isOf('monitor')) fault('tells', 'must be left out: only a monitor has measures');
    if ('check' in from && type !== 'gauge')
      fault('type', 'must be gauge: a check’s answer goes up and down');
  })
  .transform((metric) => metric as Metric);

/** A metric that holds to every rule that can be judged by itself. */
export type CheckedMetric = z.output<typeof metricSchema>;
