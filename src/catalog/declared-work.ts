// Checks what a pack has done and watched: jobs, monitors, health checks, and the policies by which people are told.
import type { Directory } from '../domain/alerts/on-call.ts';
import { checkEach } from './check-each.ts';
import type { Fault } from './faults/fault.ts';
import { healthFaults } from './faults/health.ts';
import { monitorFaults } from './faults/monitor.ts';
import { policyFaults } from './faults/notify.ts';
import { healthCheckSchema } from './schema/checks.ts';
import type { CheckedPack, Declared } from './schema/config.ts';
import { type CheckedJob, jobSchema } from './schema/job.ts';
import { monitorSchema } from './schema/monitor.ts';
import { policySchema } from './schema/policy.ts';

const undeclaredDatabases = (pack: CheckedPack, job: CheckedJob, place: string): readonly Fault[] =>
  job.steps.flatMap((step, index) => {
    const [field, database] =
      'selection' in step ? ['selection.database', step.selection.database] : ['database', step.database];
    if (database in pack.databases) return [];
    return [
      {
        place: `${place}.steps.${index}.${field}`,
        rule: `must be a database of the pack (${Object.keys(pack.databases).join(', ') || 'it declares none'})`,
        value: JSON.stringify(database),
      },
    ];
  });

/** Names as they are written, so that one with a fault of its own is not told to be unknown besides. */
interface NamesAsWritten {
  readonly jobs: readonly string[];
  readonly monitors: readonly string[];
  readonly checks: readonly string[];
  /** Whatever has a schedule. */
  readonly scheduled: readonly string[];
}

export interface CheckInput {
  readonly pack: CheckedPack;
  readonly declared: Declared;
  readonly names: NamesAsWritten;
  readonly directory: Directory;
}

export const checkWork = ({ pack, declared, names, directory }: CheckInput) => ({
  policies: checkEach(
    pack.name,
    {
      kind: 'policy',
      schema: policySchema,
      always: (policy, at) => policyFaults({ place: at, input: policy, directory }),
    },
    declared.policies,
  ),
  jobs: checkEach(
    pack.name,
    { kind: 'job', schema: jobSchema, more: (job, at) => undeclaredDatabases(pack, job, at) },
    declared.jobs,
  ),
  monitors: checkEach(
    pack.name,
    { kind: 'monitor', schema: monitorSchema, more: (monitor, at) => monitorFaults(pack, monitor, at) },
    declared.monitors,
  ),
  checks: checkEach(
    pack.name,
    {
      kind: 'check',
      schema: healthCheckSchema,
      more: (one, at) => healthFaults({ pack, check: one, place: at, names, directory }),
    },
    declared.checks,
  ),
});

export type CheckedWork = ReturnType<typeof checkWork>;
