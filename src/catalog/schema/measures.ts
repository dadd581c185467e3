// Checks a monitor's measures, each by its kind, and brings them into the shape that travels.
import { z } from 'zod';
import {
  ACTIVITY_FIGURES,
  ALERTING_FIGURES,
  HTTP_FIGURES,
  JOB_FIGURES,
  REDIS_FIGURES,
  SCHEDULE_FIGURES,
} from '../../domain/monitors/measure-params.ts';
import type { MeasureSnapshot } from '../../domain/monitors/monitor.ts';
import { duration, identifier, line, name, positiveDuration, variableName } from './names.ts';
import { readStatement } from './statement.ts';

const LONGEST_SECONDS = 30;
const MOST_MEASURES = 50;

const timeout = positiveDuration
  .refine((seconds) => seconds <= LONGEST_SECONDS, { error: `must be at most ${LONGEST_SECONDS}s` })
  .prefault('10s');

const common = { timeout, keep: z.literal(true, { error: 'must be true, or left out' }).optional() };

const figure = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(', ')}` });

const someNames = z
  .array(line)
  .min(1, { error: 'must name at least one; to have all leave it out' })
  .optional();

const columns = z.array(identifier).optional();

const sql = z.strictObject({
  kind: z.literal('sql'),
  ...common,
  database: name,
  sql: readStatement,
  value: identifier.default('value'),
  labels: columns,
  facts: columns,
  payload: columns,
  none: z.literal(['noData', 0], { error: "must be 'noData' or 0" }).default('noData'),
});

const COUNT = { error: 'must be a whole number from 1 to 1000' };
const counted = z.int(COUNT).min(1, COUNT).max(1000, COUNT);

const OF_NEWEST_RUN: readonly string[] = [
  'utilization',
  'duration',
  'sustained-utilization',
  'throughput',
  'throughput-ratio',
];

const jobSla = z
  .strictObject({
    kind: z.literal('job-sla'),
    ...common,
    of: figure(JOB_FIGURES),
    jobs: someNames,
    from: z.enum(['runs', 'audit'], { error: 'must be runs or audit' }).default('runs'),
    database: name.optional(),
    within: positiveDuration.prefault('24h'),
    baseline: z
      .strictObject({ over: positiveDuration, minimumRuns: counted })
      .transform(({ over, minimumRuns }) => ({ overSeconds: over, minimumRuns }))
      .optional(),
    runs: counted.optional(),
    overlap: duration.optional(),
  })
  .refine(({ from, database }) => (from === 'audit') === (database !== undefined), {
    path: ['database'],
    error: 'must be named with from: audit, and left out otherwise',
  })
  .refine(({ of, baseline }) => baseline === undefined || of.startsWith('throughput'), {
    path: ['baseline'],
    error: 'must be left out: only throughput and throughput-ratio have one',
  })
  .refine(({ of, runs }) => runs === undefined || of === 'sustained-utilization', {
    path: ['runs'],
    error: 'must be left out: only sustained-utilization counts them',
  })
  .refine(({ of, overlap }) => overlap === undefined || OF_NEWEST_RUN.includes(of), {
    path: ['overlap'],
    error: `must be left out: only ${OF_NEWEST_RUN.join(', ')} are told of the newest run`,
  })
  .transform(({ within, overlap, ...rest }) => ({
    ...rest,
    withinSeconds: within,
    ...(overlap !== undefined && { overlapSeconds: overlap }),
  }));

const redis = z
  .strictObject({ kind: z.literal('redis'), ...common, of: figure(REDIS_FIGURES), key: line.optional() })
  .refine(({ of, key }) => key !== undefined || !of.startsWith('key'), {
    path: ['key'],
    error: 'must name the key',
  })
  .refine(({ of, key }) => key === undefined || of.startsWith('key') || of === 'lock-age', {
    path: ['key'],
    error: 'must be left out: this is not asked of a key',
  });

const schedules = z.strictObject({
  kind: z.literal('schedules'),
  ...common,
  of: figure(SCHEDULE_FIGURES),
  names: someNames,
});

const postgresActivity = z
  .strictObject({
    kind: z.literal('postgres-activity'),
    ...common,
    database: name,
    of: figure(ACTIVITY_FIGURES),
    like: line.optional(),
  })
  .refine(({ of, like }) => like === undefined || of === 'calls' || of === 'mean-ms', {
    path: ['like'],
    error: 'must be left out: only calls and mean-ms are told by statement',
  });

const alerting = z
  .strictObject({
    kind: z.literal('alerting'),
    ...common,
    of: figure(ALERTING_FIGURES),
    within: positiveDuration.prefault('24h'),
  })
  .transform(({ within, ...rest }) => ({ ...rest, withinSeconds: within }));

const headerName = z.string().regex(/^[A-Za-z0-9-]+$/, { error: 'must be the name of a header' });

const http = z
  .strictObject({
    kind: z.literal('http'),
    ...common,
    url: variableName,
    path: z
      .string()
      .regex(/^([/?].*)?$/, { error: 'must begin with / or ?: it is appended to the address' })
      .default(''),
    method: z.enum(['GET', 'HEAD', 'POST'], { error: 'must be GET, HEAD or POST' }).default('GET'),
    headers: z.record(headerName, line).default({}),
    secretHeaders: z
      .record(headerName, z.strictObject({ variable: variableName, prefix: z.string().default('') }))
      .default({}),
    body: z.json().optional(),
    of: figure(HTTP_FIGURES),
    at: line.transform((text) => text.split('.')).optional(),
  })
  .refine(({ method, body }) => method === 'POST' || body === undefined, {
    path: ['body'],
    error: 'must be left out unless the method is POST',
  })
  .refine(({ of, at }) => (of === 'json') === (at !== undefined), {
    path: ['at'],
    error: 'must say where the number stands with of: json, and be left out otherwise',
  })
  .refine(({ of, method }) => of !== 'json' || method !== 'HEAD', {
    path: ['method'],
    error: 'must not be HEAD: its answer has no body',
  });

const KINDS = [sql, jobSla, redis, schedules, postgresActivity, alerting, http] as const;

/** One measure, by its kind. */
export const measureSchema = z
  .discriminatedUnion('kind', KINDS, {
    error: 'must be one of sql, job-sla, redis, schedules, postgres-activity, alerting, http',
  })
  .transform(({ kind, timeout: timeoutSeconds, keep, ...rest }): MeasureSnapshot => {
    const stated = Object.entries(rest).filter(([, value]) => value !== undefined);
    return { kind, timeoutSeconds, with: Object.fromEntries(stated), ...(keep && { keep }) };
  });

/** `measures` of a monitor, by name. Databases and variables that they name are told by measure-names.ts. */
export const measuresSchema = z.record(name, measureSchema).superRefine((measures, context) => {
  const count = Object.keys(measures).length;
  const message = count === 0 ? 'must have a measure' : `must have at most ${MOST_MEASURES} measures`;
  if (count === 0 || count > MOST_MEASURES) context.addIssue({ code: 'custom', message });
});
