// Checks a rule by itself, so that no mistake in one is found at night: a band that never counts, a threshold of recovery
// that contradicts its limit. What it names elsewhere is checked where that is known.
import { z } from 'zod';
import { SEVERITIES } from '../../domain/alerts/severity.ts';
import { bandFaults } from '../../domain/monitors/rule-faults.ts';
import { routesSchema } from './alerts.ts';
import { conditionSchema } from './condition.ts';
import { duration, identifier, line, name, positiveDuration } from './names.ts';
import { fields } from './records.ts';
import { window } from './windows.ts';

/** Names that alerts are known by elsewhere are taken over as they are, so capitals are allowed. */
const alertName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/, {
  error: 'must be at most 60 of A-Z, a-z, 0-9, _ and -, a letter first',
});

const COUNT = { error: 'must be a whole number from 1 on' };
const count = z.int(COUNT).min(1, COUNT);

const severity = z.enum(SEVERITIES);

const band = z
  .strictObject({
    severity,
    alertType: alertName,
    when: conditionSchema,
    recovers: conditionSchema.optional(),
    action: line,
    runbook: line.optional(),
    response: positiveDuration.optional(),
  })
  .transform(({ response, ...rest }) => ({
    ...rest,
    ...(response !== undefined && { responseSeconds: response }),
  }));

const bands = z
  .array(band)
  .min(1, { error: 'must have a band' })
  .superRefine((list, context) => {
    for (const { path, message } of bandFaults(list))
      context.addIssue({ code: 'custom', path: path.slice(1), message });
    for (const [place, { alertType }] of list.entries()) {
      if (list.findIndex((each) => each.alertType === alertType) === place) continue;
      const message = 'must be the only band of this name in its rule';
      context.addIssue({ code: 'custom', path: [place, 'alertType'], message });
    }
  });

const MEANINGS = ['keep', 'fine', 'alert'] as const;

/** A word alone stands for the policy that says nothing else. */
const unknownPolicy = z.preprocess(
  (input) => (typeof input === 'string' ? { means: input } : input),
  z.strictObject({
    // why: in the words of both forms, since a bare word stands for the whole.
    means: z.enum(MEANINGS, { error: 'must be keep, fine or alert' }),
    after: duration.optional(),
    severity: severity.optional(),
    alertType: alertName.optional(),
    action: line.optional(),
    runbook: line.optional(),
  }),
);

const flap = z
  .strictObject({ changes: count, within: positiveDuration, stable: positiveDuration })
  .transform(({ changes, within, stable }) => ({
    changes,
    withinSeconds: within,
    stableSeconds: stable,
  }));

const inhibition = z.preprocess(
  (input) => (typeof input === 'string' ? { rule: input } : input),
  z.strictObject({ rule: alertName, equal: z.array(identifier).default([]) }),
);

/** A rule as declared; see RuleDefinition. */
export const ruleSchema = z.strictObject({
  name: alertName,
  summary: line,
  bands,
  for: duration.prefault('0s'),
  keepFiring: duration.prefault('0s'),
  onGap: z.enum(['hold', 'reset']).default('reset'),
  noData: unknownPolicy.optional(),
  error: unknownPolicy.optional(),
  flap: flap.optional(),
  minimum: z
    .strictObject({ measure: name, atLeast: z.number().positive({ error: 'must be > 0' }) })
    .optional(),
  every: count.optional(),
  while: conditionSchema.optional(),
  groupBy: z.array(identifier).optional(),
  onNewMember: z.enum(['silent', 'page']).optional(),
  inhibitedBy: z.array(inhibition).min(1, { error: 'must name a rule' }).optional(),
  groupWait: duration.optional(),
  windows: z.array(window).min(1, { error: 'must have a window' }).optional(),
  reopenWithin: duration.prefault('5m'),
  reopenAfter: duration.prefault('30m'),
  routes: routesSchema.default({}),
  severityNames: z.partialRecord(severity, line).default({}),
  dedupKey: line.optional(),
  payload: fields.optional(),
});

/** A rule that holds to everything that can be judged without the rest of its pack. */
export type CheckedRule = z.output<typeof ruleSchema>;
