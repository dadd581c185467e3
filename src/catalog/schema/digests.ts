// Checks a digest by itself; the reports and roles that it names are checked in faults/report.ts.
import { z } from 'zod';
import { cron, line, name, positiveDuration } from './names.ts';

const stated = z.record(line, z.union([z.string(), z.number(), z.null()])).default({});

const report = z
  .union([name.transform((each) => ({ report: each })), z.strictObject({ report: name, params: stated })])
  .transform((each) => ({ params: {}, ...each }));

const roles = z.array(line).min(1, { error: 'must name at least one role' });

/** A digest as declared; see DigestDefinition. */
export const digestSchema = z.strictObject({
  name,
  title: line,
  summary: line,
  owner: name,
  schedule: cron,
  reports: z.array(report).min(1, { error: 'must have a report' }),
  to: roles,
  reminders: z.array(line).default([]),
  signOff: z
    .strictObject({ by: line, task: line, within: positiveDuration.prefault('6d') })
    .transform(({ by, task, within }) => ({ by, task, withinSeconds: within }))
    .optional(),
  keep: positiveDuration.prefault('730d'),
});

/** A digest that holds to every rule that can be judged by itself. */
export type CheckedDigest = z.output<typeof digestSchema>;
