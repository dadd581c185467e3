// Checks a monitor by itself; what it says of the rest of its pack is checked in faults/monitor.ts.
import { z } from 'zod';
import { measuresSchema } from './measures.ts';
import { cron, line, name } from './names.ts';
import { recordSchema } from './records.ts';
import { ruleSchema } from './rule.ts';
import { writeSchema } from './writes.ts';

const MOST_RULES = 50;

/** A monitor as declared; see MonitorDefinition. */
export const monitorSchema = z.strictObject({
  name,
  summary: line,
  owner: name,
  schedule: cron,
  runbook: line.optional(),
  measures: measuresSchema,
  rules: z
    .array(ruleSchema)
    .min(1, { error: 'must have a rule' })
    .max(MOST_RULES, { error: `must have at most ${MOST_RULES} rules` }),
  records: z.array(recordSchema).optional(),
  writes: z
    .array(writeSchema)
    .refine((list) => new Set(list.map(({ name: own }) => own)).size === list.length, {
      error: 'must have names of their own',
    })
    .optional(),
});

/** A monitor that holds to every rule that can be judged by itself. */
export type CheckedMonitor = z.output<typeof monitorSchema>;
