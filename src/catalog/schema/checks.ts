// Checks a health check by itself, each of its checks by its kind; what it names of its pack is checked in faults/health.ts.
import { z } from 'zod';
import { SEVERITIES, type Severity } from '../../domain/alerts/severity.ts';
import { HEALTH_STATUSES } from '../../domain/health/health.ts';
import { LIMITS } from '../../domain/monitors/condition.ts';
import { routesSchema } from './alerts.ts';
import { measureSchema } from './measures.ts';
import { cron, duration, identifier, line, name, positiveDuration, variableName } from './names.ts';

const LONGEST_SECONDS = 30;
const MOST_CHECKS = 50;

const common = {
  label: line.optional(),
  timeout: positiveDuration
    .refine((seconds) => seconds <= LONGEST_SECONDS, { error: `must be at most ${LONGEST_SECONDS}s` })
    .prefault('5s'),
};

const latency = (ms: number) => z.number().positive({ error: 'must be > 0' }).default(ms);

/** `courses` or `sexton.audit_log`. */
const relation = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/, {
  error: 'must be a plain SQL name, with its schema before it where that is not public',
});

const someLines = z.array(line).default([]);

const limit = z
  .strictObject(
    Object.fromEntries(LIMITS.map((each) => [each, z.number().optional()])) as Record<
      (typeof LIMITS)[number],
      z.ZodOptional<z.ZodNumber>
    >,
  )
  .transform((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)))
  .refine((given) => Object.keys(given).length === 1, {
    error: `must have exactly one of ${LIMITS.join(', ')}`,
  });

const postgres = z.strictObject({
  ...common,
  kind: z.literal('postgres'),
  database: name,
  warnAboveMs: latency(250),
});

const redis = z.strictObject({ ...common, kind: z.literal('redis'), warnAboveMs: latency(100) });

const blob = z.strictObject({ ...common, kind: z.literal('blob'), warnAboveMs: latency(1000) });

const index = z.strictObject({ ...common, kind: z.literal('index'), database: name, index: relation });

const schedule = z.strictObject({ ...common, kind: z.literal('schedule'), of: line });

const variable = z.strictObject({
  ...common,
  kind: z.literal('variable'),
  variable: variableName,
  optional: z.boolean().default(false),
});

const tableShape = z.strictObject({
  ...common,
  kind: z.literal('table-shape'),
  database: name,
  table: relation,
  columns: z.record(identifier, line).refine((columns) => Object.keys(columns).length > 0, {
    error: 'must name a column',
  }),
});

const locks = z.strictObject({
  ...common,
  kind: z.literal('locks'),
  maxAge: positiveDuration.prefault('2h'),
  maxAgeOf: z.record(name, positiveDuration).default({}),
});

const measure = z
  .strictObject({
    ...common,
    kind: z.literal('measure'),
    measure: measureSchema,
    warn: limit.optional(),
    fail: limit.optional(),
    nothing: z.enum(HEALTH_STATUSES).default('FAIL'),
  })
  .refine(({ warn, fail }) => warn !== undefined || fail !== undefined, { error: 'must say warn or fail' });

const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const;

const privileges = z.strictObject({
  ...common,
  kind: z.literal('privileges'),
  database: name,
  table: relation,
  privileges: z.array(z.enum(PRIVILEGES)).min(1, { error: 'must name a privilege' }),
});

const objects = z
  .strictObject({
    ...common,
    kind: z.literal('objects'),
    database: name,
    tables: z.array(relation).default([]),
    views: z.array(relation).default([]),
    functions: someLines,
  })
  .refine(({ tables, views, functions }) => tables.length + views.length + functions.length > 0, {
    error: 'must name a table, view or function',
  });

const workers = z.strictObject({ ...common, kind: z.literal('workers'), queues: z.array(line).optional() });

const channels = z.strictObject({
  ...common,
  kind: z.literal('channels'),
  targets: z.array(line).min(1, { error: 'must name a target' }),
});

const KINDS = [
  postgres,
  redis,
  blob,
  index,
  schedule,
  variable,
  tableShape,
  locks,
  measure,
  privileges,
  objects,
  workers,
  channels,
] as const;

const checkSchema = z.discriminatedUnion('kind', KINDS, {
  error: `must be one of ${KINDS.map(({ shape }) => [...shape.kind.values].join()).join(', ')}`,
});

/** One of them, of whatever kind. */
export type CheckedCheck = z.output<typeof checkSchema>;

/** Longer than names elsewhere: they are made of the names of tables and columns. */
const checkName = z.string().regex(/^[a-z][a-z0-9_-]{0,79}$/, {
  error: 'must be at most 80 of a-z, 0-9, _ and -, a letter first',
});

const band = (severity: Severity, alertType: string, action: string) =>
  z
    .strictObject({
      severity: z.enum(SEVERITIES).default(severity),
      alertType: name.default(alertType),
      action: line.default(action),
      runbook: line.optional(),
    })
    .prefault({});

const alerts = z
  .strictObject({
    rule: name.default('health_check'),
    fail: z
      .literal(false)
      .or(band('critical', 'health_check_fail', 'Read what the check found, then its runbook')),
    warn: z
      .literal(false)
      .or(band('warning', 'health_check_warn', 'Read what the check found; it fails next if it gets worse')),
    newlyOnly: z.boolean().default(false),
    reopenWithin: duration.prefault('5m'),
    reopenAfter: duration.prefault('30m'),
    routes: routesSchema.default({}),
  })
  .refine(({ fail, warn }) => fail !== false || warn !== false, {
    error: 'must alert of fail or warn; to alert of nothing say alerts: false',
  });

/** A health check as declared; see HealthCheckDefinition. */
export const healthCheckSchema = z.strictObject({
  name,
  summary: line,
  owner: name,
  schedule: cron,
  runbook: line.optional(),
  checks: z.record(checkName, checkSchema).superRefine((checks, context) => {
    const count = Object.keys(checks).length;
    const message = count === 0 ? 'must have a check' : `must have at most ${MOST_CHECKS} checks`;
    if (count === 0 || count > MOST_CHECKS) context.addIssue({ code: 'custom', message });
  }),
  alerts: z.literal(false).or(alerts).prefault({}),
  summaryTo: z.array(line).default([]),
});

/** A health check that holds to every rule that can be judged by itself. */
export type CheckedHealthCheck = z.output<typeof healthCheckSchema>;
