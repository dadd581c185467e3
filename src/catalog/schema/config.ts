// Checks what sexton.config.ts exports, and each pack in it, before any of its code runs.
import { z } from 'zod';
import { targetRule } from '../../domain/alerts/channels.ts';
import { parseTarget } from '../../domain/alerts/policy.ts';
import { SEVERITIES } from '../../domain/alerts/severity.ts';
import type { EnvShape, PackDefinition, Scenario } from '../define/pack.ts';
import { ENGINE_COMMANDS } from '../engine-commands.ts';
import type { EnvRule } from '../env-rules.ts';
import { PROFILES } from '../variables.ts';
import { routesSchema } from './alerts.ts';
import { line, name, variableName } from './names.ts';
import { personSchema, rotationSchema, wakeable } from './people.ts';

const aFunction = <T>() =>
  z.custom<T>((value) => typeof value === 'function', { error: 'must be a function' });
const aSchema = z.custom<EnvShape[string]>(
  (value) => typeof value === 'object' && value !== null && 'safeParse' in value,
  {
    error: 'must be the schema of a variable',
  },
);

const home = z.strictObject({ home: z.literal(true) });

const folder = z.custom<URL>((value) => value instanceof URL, {
  error: 'must be new URL(…, import.meta.url)',
});

const ownDatabase = z.strictObject({ url: variableName, migrations: folder.optional() });

/** Two shapes without a common field, told apart by the one that only the second has. */
const database = z.unknown().transform((input, context) => {
  const schema = typeof input === 'object' && input !== null && 'home' in input ? home : ownDatabase;
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  for (const issue of result.error.issues) context.addIssue({ ...issue });
  return z.NEVER;
});

/** A pack as declared; what it builds is checked after its environment. */
export const packSchema = z.strictObject({
  name: name.refine((each) => !ENGINE_COMMANDS.has(each), {
    error: 'must not be the name of one of Sexton’s commands, which `sexton NAME` would be taken for',
  }),
  summary: line.optional(),
  databases: z.record(name, database),
  env: z.record(variableName, aSchema),
  envRules: z.array(z.custom<EnvRule>((value) => typeof value === 'object' && value !== null)).optional(),
  build: aFunction<PackDefinition['build']>(),
  severityNames: z.partialRecord(z.enum(SEVERITIES), line).optional(),
  runbooks: folder.optional(),
  seed: z.strictObject({ scenarios: z.record(name, aFunction<Scenario>()) }).optional(),
});

/** A pack that holds to every rule. */
export type CheckedPack = z.output<typeof packSchema>;

const positive = z.number().positive({ error: 'must be > 0' });

const fallbackTarget = z.string().superRefine((text, context) => {
  const message = targetRule(parseTarget(text));
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** The config without its packs, which are checked one by one. */
export const configSchema = z.strictObject({
  packs: z.array(z.unknown()).min(1, { error: 'must name at least one pack' }),
  // What the names in them lead to is checked by faults/people.ts.
  roles: z.record(wakeable, z.array(line).min(1, { error: 'must name at least one target' })).default({}),
  people: z.record(wakeable, personSchema).default({}),
  rotations: z.record(wakeable, rotationSchema).default({}),
  fallback: fallbackTarget.optional(),
  settings: z
    .strictObject({
      leaseSeconds: positive.optional(),
      sliceSeconds: positive.optional(),
      heartbeatSeconds: positive.optional(),
      backoffSeconds: z.array(positive).optional(),
      statementSeconds: positive.optional(),
      ringAfterSeconds: positive.optional(),
    })
    .optional(),
  profile: z.enum(PROFILES).optional(),
});

/** A config that holds to every rule, its packs and the names in it apart. */
export type CheckedConfig = z.output<typeof configSchema>;

/** What `build` may declare; each job, monitor and policy is checked one by one. */
export const declarationsSchema = z.strictObject({
  jobs: z.array(z.unknown()).default([]),
  monitors: z.array(z.unknown()).default([]),
  checks: z.array(z.unknown()).default([]),
  policies: z.array(z.unknown()).default([]),
  routes: routesSchema.optional(),
  reports: z.array(z.unknown()).default([]),
  digests: z.array(z.unknown()).default([]),
  checklists: z.array(z.unknown()).default([]),
  commands: z.array(z.unknown()).default([]),
  metrics: z.array(z.unknown()).default([]),
  dashboards: z.array(z.unknown()).default([]),
});

/** What a pack's `build` has declared, each of it still as it was written. */
export type Declared = z.output<typeof declarationsSchema>;
